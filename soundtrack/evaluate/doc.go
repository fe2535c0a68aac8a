// Package evaluate measures what the other packages claim, against people, with controls that say what chance would give.
//
// [Pictures] compares what is said of pictures with people's ratings, captions and dates; [FalseCheer] asks whether sad
// pictures get cheerful songs. Reference data are not part of the module: photographs of OASIS with ratings, pictures of COCO
// with captions, old photographs; see [PictureOptions]. The command soundtrack eval prints all of it.
//
// What learned from pictures is fitted again, in folds of themes, without the pictures that it is measured on. Settings are
// chosen on three quarters of the themes; the other quarter is reported apart.
package evaluate
