// Package tagging says what is in a picture and how it feels.
//
// A [Tagger] turns a [vision.Observation] into [Tags]: an affect with its spread, moods, objects, scenes, colours, era, each
// with evidence. Several taggers are fused by [Fuse] and [Fusion]; [Default] is the fusion of those that need nothing else:
//
//	labels   what an ImageNet classifier names, through our table of how people feel about each of its 1,000 labels
//	scenes   sunset, snow, night, crowd, rubbish, tears, …: probes learned from a few photographs each
//	head     how pictures feel that look alike: a regression on our own ratings of photographs, see [AffectHead]
//	palette  colours, and what little feeling they carry
//	era      capture date, or the look of an old photograph
//
// They read the compact model. For an encoder that shares its space with texts, such as CLIP, there is
//
//	clip     everything that the vocabulary has a word for, by its prompts: see [ZeroShotTagger]
//
// and package llm asks a language model that sees. [Fusion.With] adds either. Taggers are asked at once, each within its
// share of the time, and weighed by what they were measured to know, see [ReliabilityOf].
//
// # Affect
//
// [Affect] is a point on the circumplex: valence, unpleasant to pleasant, and arousal, calm to stirring, each in [-1, 1]. An
// [Estimate] adds the spread: the standard deviation of where a person's own judgement would lie. A tagger that knows
// little says so by a wide spread, and fusion weighs it by what it knows beyond photographs in general, so that it cannot
// drag one that knows more. Where taggers disagree the spread widens, and [Tags.Disagreement] tells. No head and
// no probe in this package is fitted on people's published ratings, but some settings were chosen by them, such as those of
// the head and [ReliabilityOf]: package soundtrack/evaluate measures all of it against them and says what saw them.
//
// # Care
//
// [Tags.Care] names what a picture shows that music must not be careless about: grief, violence, illness, disaster. It is
// read off what the taggers saw, by the list in care.csv, and a language model says so itself; what a label only suggests, as
// a uniform a war, is no sight and asks for none. Package match makes use of it.
//
// # Concepts
//
// The [Vocabulary] is a closed list of some 1,500 concepts in one reviewable file, concepts.csv: kind, affect, synonyms, what
// it implies, what it is related to, which ImageNet classes show or suggest it and which COCO classes show it; templates.csv
// says how each kind is put to a text tower. Pictures and songs are described in it alike, as a sparse [ConceptVector],
// whatever encoder or model was used; that is what makes matching explainable.
//
// # Errors and concurrency
//
// A tagger with nothing to say returns tags whose affect is not known, and no error. A tagger that fails inside a Fusion is
// named in [Tags.Degraded], and so is one whose reply [Tags.Validate] refuses; only a cancelled context fails the fusion.
// Everything is safe for concurrent use. Own taggers pass taggingtest.Run.
package tagging
