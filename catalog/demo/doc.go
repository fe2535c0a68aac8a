// Package demo is 24 short instrumental tracks that the project composes and synthesises itself, so that something can
// always be played: without a network, a service or a licence to mind. They are also ground truth for audio analysis,
// since tempo, key and intended mood of each are known.
//
// There are six tracks for each quadrant of the affect plane, by six ensembles that do not exist, 20 to 30 seconds long,
// 44.1 kHz, 16 bits, stereo. [Tracks] describes them, [Songs] gives them to a store, [Render] synthesises one, and a
// [Library] keeps them in a folder, rendering what is missing. No samples are used; the same bytes come out on every run.
//
// The music is the composer's judgement: what a track is meant to express is not what listeners have said of it.
package demo
