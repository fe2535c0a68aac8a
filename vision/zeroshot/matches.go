package zeroshot

import (
	"cmp"
	"slices"
)

// Match says how well a label fits a picture.
type Match struct {
	Label string
	Index int // of the label in the classifier
	// Cosine is the similarity of the picture and the label, -1 to 1; CLIP's are mostly 0.15 to 0.35.
	Cosine float64
	// Probability is 0 to 1. With the score "softmax" those of all labels sum to 1: it compares the labels with each other, and
	// one of them wins even if none fits. With "sigmoid" each is for itself.
	Probability float64
}

// Matches are those of all labels, in the order of the labels.
type Matches []Match

// Top returns the k labels that fit best, best first, equal ones in the order of the labels; all if k is greater than their
// number, none if it is below 1. It does not change m.
func (m Matches) Top(k int) Matches {
	sorted := slices.Clone(m)
	slices.SortStableFunc(sorted, func(a, b Match) int { return cmp.Compare(b.Cosine, a.Cosine) })
	return sorted[:min(max(k, 0), len(sorted))]
}
