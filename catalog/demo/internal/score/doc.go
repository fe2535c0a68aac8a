// Package score turns music written as text into timed notes: chord symbols with voice leading, melodies by note name,
// rhythms as rows of steps, sections that are strung together. It knows nothing about sound.
//
// Three small notations are used. Bars are separated by "|" in all of them, and spaces are free.
//
//   - Chords: "Dm7 G7 | Cmaj7 | % | F/A". The chords of a bar share it evenly; % repeats the bar before.
//   - Melodies: "E5:1.5 G5:.5 A5! _:1 | …". A note is a name, an octave and, after a colon, its beats, which are
//     remembered for the notes that follow; "_" rests, "!" accents and "," softens. Each bar must add up.
//   - Steps: "x.x-X..o". x, X and o strike normally, hard and softly, "-" holds, "." is silent. The number of steps
//     divides the bar evenly. Several bars are played in turn until the section is full. Basses, arpeggios and strums
//     have letters of their own in place of x.
//
// Arithmetic follows the rules of package synth, so that notes start at the same sample everywhere.
package score
