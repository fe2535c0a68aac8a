package tagging

import (
	"cmp"
	_ "embed"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// CareTopic names what a picture shows that music must not be careless about.
type CareTopic string

// The topics.
const (
	CareGrief    CareTopic = "grief"    // mourning, tears, a funeral, a grave
	CareViolence CareTopic = "violence" // war, weapons, a fight, blood
	CareMedical  CareTopic = "medical"  // illness, injury, a hospital
	CareDisaster CareTopic = "disaster" // flood, storm, fire, wreck, destruction
)

// CareTopics returns all topics, in the order of their constants.
func CareTopics() []CareTopic { return []CareTopic{CareGrief, CareViolence, CareMedical, CareDisaster} }

// Care says that a picture shows something heavy: a reason for quiet songs, and for none that starts by itself.
type Care struct {
	Topic      CareTopic  `json:"topic"`
	Confidence float64    `json:"confidence"`         // 0 to 1
	Evidence   []Evidence `json:"evidence,omitempty"` // strongest first
}

// careCSV lists the concepts that mean a topic: how surely, from 0 to 1, somebody who sees the concept would say that the
// picture calls for care. A fight may be a sport and a fire may be in a hearth, so they mean it weakly. The numbers are our
// own judgement.
//
//go:embed care.csv
var careCSV string

// careSign is a concept that means a topic.
type careSign struct {
	topic    CareTopic
	strength float64
}

// careSigns is care.csv by concept.
var careSigns = sync.OnceValue(func() map[string][]careSign {
	signs, err := readCare(careCSV)
	if err != nil {
		panic(err) // the embedded file is checked by a test
	}
	return signs
})

func readCare(text string) (map[string][]careSign, error) {
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		return nil, err
	}
	signs := map[string][]careSign{}
	for i, row := range rows[1:] {
		topic := CareTopic(row[0])
		_, known := DefaultVocabulary().Lookup(row[1])
		strength, err := strconv.ParseFloat(row[2], 64)
		if err != nil || !known || !slices.Contains(CareTopics(), topic) || !(strength > 0 && strength <= 1) {
			return nil, fmt.Errorf("tagging: care.csv: line %d: %q", i+2, row)
		}
		signs[row[1]] = append(signs[row[1]], careSign{topic, strength})
	}
	return signs, nil
}

// RecogniseCare reads care off concepts that were seen in a picture: the confidence of a topic is the largest
// weight × strength among the concepts of care.csv, not their sum, since a grave, a funeral and mourners are one reason. Of
// what is below .2 nothing is said. tagger stands in the evidence. Give it what was seen, not what that implies or suggests.
func RecogniseCare(tagger string, seen ConceptVector) []Care {
	var care []Care
	for _, w := range seen {
		for _, sign := range careSigns()[w.Concept] {
			confidence := min(1, w.Weight) * sign.strength
			if confidence < minCare {
				continue
			}
			c, _ := DefaultVocabulary().Lookup(w.Concept)
			care = append(care, Care{Topic: sign.topic, Confidence: confidence, Evidence: []Evidence{
				{Tagger: tagger, Detail: fmt.Sprintf("%s %.2f", c.Name(), w.Weight), Weight: confidence},
			}})
		}
	}
	return mergeCare(care)
}

// minCare is the confidence below which care is not mentioned.
const minCare = 0.2

// maxCareEvidence is how many reasons a topic keeps.
const maxCareEvidence = 4

// mergeCare makes one entry of each topic, with the largest confidence and the strongest evidence.
func mergeCare(care []Care) []Care {
	var merged []Care
	for _, topic := range CareTopics() {
		one := Care{Topic: topic}
		for _, c := range care {
			if c.Topic == topic {
				one.Confidence = max(one.Confidence, c.Confidence)
				one.Evidence = append(one.Evidence, c.Evidence...)
			}
		}
		if one.Confidence > 0 {
			slices.SortStableFunc(one.Evidence, func(a, b Evidence) int { return cmp.Compare(b.Weight, a.Weight) })
			one.Evidence = one.Evidence[:min(maxCareEvidence, len(one.Evidence))]
			merged = append(merged, one)
		}
	}
	slices.SortStableFunc(merged, func(a, b Care) int { return cmp.Compare(b.Confidence, a.Confidence) })
	return merged
}
