package compact

import (
	_ "embed"
	"strings"
)

// LabelSet is the name of the label set of the logits, as manifests spell it.
const LabelSet = "imagenet-1k"

//go:embed labels.txt
var labelText string // a name on each line; written by us, for people and for taggers

// LabelName returns the name of class i: one to three words, such as "golden retriever". It returns "" for an i outside
// [0, 1000).
func LabelName(i int) string {
	j := 0
	for name := range strings.Lines(labelText) {
		if j == i {
			return strings.TrimSpace(name)
		}
		j++
	}
	return ""
}

// Labels returns the names of the 1,000 classes of the "logits" output, in order. Names are unique, ignoring case.
// The slice is the caller's.
func Labels() []string {
	names := make([]string, 0, classes)
	for name := range strings.Lines(labelText) {
		names = append(names, strings.TrimSpace(name))
	}
	return names
}
