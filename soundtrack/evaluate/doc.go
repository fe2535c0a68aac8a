// Package evaluate measures what the other packages claim, against people, with controls that say what chance would give.
//
// [Pictures] compares what is said of pictures with people's ratings, captions and dates; [FalseCheer] asks whether sad
// pictures get cheerful songs. Reference data are not part of the module: photographs of OASIS with ratings, pictures of COCO
// with captions, old photographs; see [PictureOptions]. The command soundtrack eval prints all of it.
//
// # What saw people's ratings
//
// What learned from pictures, heads and probes, is fitted again, in folds of themes, without the pictures that it is measured
// on, and on this project's own ratings and words. The settings of the head were chosen by people's ratings of three quarters
// of the themes (dev); the other quarter (held) had no say in them and is reported apart. That is all that held means:
// people's ratings of OASIS had a say in some other numbers of what ships, which are not chosen again for a measurement,
//
//	headfit.TeacherError, which widens the spread of heads      the distance from them on dev
//	the limits of care in package match                         chosen on all photographs
//	tagging.ReliabilityOf labels, scenes, palette and head      correlations on all photographs
//	tagging.ReliabilityOf the language model                    correlations on 60 of them
//	passes c and d of teacher.csv                               their judges were told between which bounds means lie
//
// and the thresholds of [tagging.EraTagger] were chosen on the pictures that era is measured on, left out.
package evaluate
