// Package tagging says what is in a picture and how it feels.
//
// A [Tagger] turns a [vision.Observation] into [Tags]: an affect with its spread, moods, objects, scenes, colours, era, each
// with evidence. Several taggers are fused by [Fuse] and [Fusion]; [Default] is the fusion of those that need nothing else:
//
//	labels   what an ImageNet classifier names, through our table of how people feel about each of its 1,000 labels
//	scenes   sunset, snow, night, crowd, rubbish, tears, …: probes learned from a few photographs each
//	palette  colours, and what little feeling they carry
//	era      capture date, or the look of an old photograph
//
// # Affect
//
// [Affect] is a point on the circumplex: valence, unpleasant to pleasant, and arousal, calm to stirring, each in [-1, 1]. An
// [Estimate] adds the spread: the standard deviation of where a person's own judgement would lie. A tagger that knows
// little says so by a wide spread, and fusion weighs it by what it knows beyond photographs in general, so that it cannot
// drag one that knows more. Nothing in this package is fitted on people's ratings; TestOASIS measures it against them.
//
// # Concepts
//
// The [Vocabulary] is a closed list of some 560 concepts in one reviewable file, concepts.csv: kind, affect, synonyms, what
// it implies, and which ImageNet and COCO classes show it. Pictures and songs are described in it alike, as a sparse
// [ConceptVector], whatever encoder or model was used; that is what makes matching explainable.
//
// # Errors and concurrency
//
// A tagger with nothing to say returns tags whose affect is not known, and no error. A tagger that fails inside a Fusion is
// named in [Tags.Degraded]; only a cancelled context fails the fusion. Everything is safe for concurrent use. Own taggers
// pass taggingtest.Run.
package tagging
