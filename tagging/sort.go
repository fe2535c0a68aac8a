package tagging

import (
	"cmp"
	"slices"
)

// sortBy sorts in place by a rising number, keeping the order of equals.
func sortBy[T any](items []T, key func(T) float64) {
	slices.SortStableFunc(items, func(a, b T) int { return cmp.Compare(key(a), key(b)) })
}

// sortTags puts tags in their documented order: falling confidence, then name.
func sortTags(tags []Tag) {
	slices.SortFunc(tags, compareTags)
}

// compareTags puts the surer one first.
func compareTags(a, b Tag) int {
	return cmp.Or(cmp.Compare(b.Confidence, a.Confidence), cmp.Compare(a.Name, b.Name))
}
