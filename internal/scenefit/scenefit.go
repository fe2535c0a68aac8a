// Package scenefit fits the scene probes of package tagging from annotated pictures. The generator uses it once for what
// ships, the evaluation once a fold.
package scenefit

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/soundtrack-go/sdk/internal/probe"
)

// question names a concept and the annotation words that mean it, where they are others than its id.
type question struct{ concept, words string }

// questions lists what probes are fitted for. One is kept if its left-out AUC reaches minAUC.
var questions = []question{
	{"party", "party celebration birthday christmas halloween"}, {"concert", "concert stage singing"},
	{"sad", "sad-face tears"}, {"anxious", "scared-face"}, {"smile", "smile laughing"},
	{"destruction", "destruction ruins"}, {"accident", "car-accident"}, {"lonely", "lonely-person"}, {"drink", "drink alcohol"},
	{"face", "portrait sad-face scared-face neutral-face angry-face"}, {"stone", "rock"},
	{"storm", "storm thunderstorm tornado"}, {"child", "child boy-or-girl-group"},
	{"medical-things", "hospital injury doctor blood"}, {"sunset", "sunset sunrise"}, {"memorial", "memorial cemetery"},
	{"skydiving", ""}, {"crowd", ""}, {"night", ""}, {"fireworks", ""}, {"snow", ""}, {"sea", ""}, {"beach", ""}, {"lake", ""},
	{"mountain", ""}, {"forest", ""}, {"field", ""}, {"meadow", ""}, {"garden", ""}, {"sky", ""}, {"cloud", ""}, {"fog", ""},
	{"thunderstorm", ""}, {"lightning", ""}, {"tornado", ""}, {"fire", ""}, {"smoke", ""}, {"explosion", ""}, {"underwater", ""},
	{"city", ""}, {"street", ""}, {"road", ""}, {"railway", ""}, {"building", ""}, {"house", ""}, {"garbage-dump", ""},
	{"pollution", ""}, {"market", ""}, {"shop", ""}, {"office", ""}, {"prison", ""}, {"kitchen", ""}, {"bathroom", ""},
	{"bar", ""}, {"stadium", ""}, {"parade", ""}, {"camping", ""}, {"dancing", ""}, {"baby", ""}, {"mother", ""}, {"family", ""},
	{"soldier", ""}, {"weapon", ""}, {"food", ""}, {"dessert", ""}, {"pet", ""}, {"wild-animal", ""}, {"vehicle", ""},
	{"woman", ""}, {"man", ""}, {"embracing", ""}, {"sleeping", ""}, {"old-person", ""}, {"working", ""}, {"athlete", ""},
	{"riding", ""}, {"skating", ""}, {"restaurant", ""},
}

// What a probe must reach to be kept, and the ridge penalty of the fit.
const (
	minAUC       = 0.85
	minPositives = 3
	Strength     = 0.1
)

// Picture is one annotated picture.
type Picture struct {
	Name  string    // path below the data folder
	Words []string  // what is visible in it
	Root  []float32 // its embedding after [probe.Root]
}

// ErrAnnotations reports an annotation file that cannot be read.
var ErrAnnotations = errors.New("scenefit: bad annotations")

// ReadAnnotations reads scenes_pictures.csv: picture, words separated by semicolons. Root is left empty.
func ReadAnnotations(r io.Reader) ([]Picture, error) {
	rows, err := csv.NewReader(r).ReadAll()
	if err != nil || len(rows) < 2 || strings.Join(rows[0], ",") != "picture,words" {
		return nil, fmt.Errorf("%w: want the header picture,words: %w", ErrAnnotations, err)
	}
	var pictures []Picture
	for _, row := range rows[1:] {
		pictures = append(pictures, Picture{Name: row[0], Words: strings.Split(row[1], ";")})
	}
	return pictures, nil
}

// Scenes fits a probe for each question that can be answered and returns those that are good enough, with a line about
// each that is not.
func Scenes(pictures []Picture) (entries []probe.Entry, dropped []string, err error) {
	rows := make([][]float32, len(pictures))
	yes := make([][]bool, len(pictures))
	var asked []question
	for _, q := range questions {
		n := 0
		for _, p := range pictures {
			if q.answer(p) {
				n++
			}
		}
		if n < minPositives {
			dropped = append(dropped, fmt.Sprintf("%s: %d pictures", q.concept, n))
			continue
		}
		asked = append(asked, q)
	}
	for i, p := range pictures {
		rows[i] = p.Root
		for _, q := range asked {
			yes[i] = append(yes[i], q.answer(p))
		}
	}
	fit, err := probe.Ridge(rows, yes, Strength)
	if err != nil {
		return nil, nil, err
	}
	for q, question := range asked {
		scores, truth, positives := make([]float64, len(pictures)), make([]bool, len(pictures)), 0
		for i := range pictures {
			scores[i], truth[i] = fit.LeftOut[i][q], yes[i][q]
			if truth[i] {
				positives++
			}
		}
		auc := probe.AUC(scores, truth)
		if auc < minAUC {
			dropped = append(dropped, fmt.Sprintf("%s: AUC %.2f with %d pictures", question.concept, auc, positives))
			continue
		}
		entries = append(entries, probe.NewEntry(question.concept, positives, auc, fit.Probes[q]))
	}
	return entries, dropped, nil
}

func (q question) answer(p Picture) bool {
	words := strings.Fields(q.words)
	if len(words) == 0 {
		words = []string{q.concept}
	}
	return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(p.Words, w) })
}
