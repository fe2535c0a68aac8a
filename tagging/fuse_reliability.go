package tagging

// Reliability says how far a tagger can be relied on, field by field, from 0, not at all, to 1, as far as people are.
type Reliability struct {
	// Valence and Arousal are the correlations of the tagger's affect with the mean of people's ratings.
	Valence, Arousal float64
	// Objects and Scenes are the shares of what it is sure of that people see too. Moods count as scenes.
	Objects, Scenes float64
	// Era is the same of "old" and "modern".
	Era float64
}

// ReliabilityOf returns the reliability of a tagger by the name that it has in a [Fusion]; of one that is not in the table,
// a modest one.
//
//	tagger    valence  arousal  objects  scenes  era
//	labels    .55      .60      .6       .5      –     OASIS; no affect where the head, which has it, answers
//	scenes    .32      .07      .6       .6      –     OASIS, themes left out
//	palette   .20      .18      –        –       –     OASIS
//	era       –        –        –        –       .9    gen/scenes, on pictures left out; a capture date outdoes all guesses
//	head      .64      .70      –        –       –     OASIS, themes left out
//	clip      .60      .50      .7       .7      .6    a judgement: no weights could be had to measure it on
//	llm       .94      .90      .9       .9      .8    affect of a strong model on 60 pictures of OASIS; the rest judged
//	others    .50      .50      .5       .5      .5    a judgement
//
// What OASIS cannot say, objects and scenes, is judged by looking at answers.
func ReliabilityOf(name string) Reliability {
	if r, ok := reliabilities[name]; ok {
		return r
	}
	return Reliability{Valence: .5, Arousal: .5, Objects: .5, Scenes: .5, Era: .5}
}

var reliabilities = map[string]Reliability{
	LabelsName:   {Valence: .55, Arousal: .60, Objects: .6, Scenes: .5},
	ScenesName:   {Valence: .32, Arousal: .07, Objects: .6, Scenes: .6},
	PaletteName:  {Valence: .20, Arousal: .18},
	EraName:      {Era: .9},
	HeadName:     {Valence: .64, Arousal: .70},
	ZeroShotName: {Valence: .60, Arousal: .50, Objects: .7, Scenes: .7, Era: .6},
	"llm":        {Valence: .94, Arousal: .90, Objects: .9, Scenes: .9, Era: .8},
}
