package match

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxClauses keeps a reason short enough to be read under a row of the page.
const maxClauses = 3

// explain turns a rating into a pick. The sentence is put together from the evidence, word by word.
func (p *plan) explain(r *rated) Pick {
	pick := Pick{Song: r.candidate.Song.Clone(), Score: r.score}
	type clause struct {
		text         string
		contribution float64
	}
	var clauses []clause
	var fallback clause
	for k, part := range p.parts {
		if part.weight == 0 {
			continue
		}
		facts, spoken := part.judge.evidence(r.candidate)
		contribution := part.weight * r.values[k]
		pick.Parts = append(pick.Parts, Part{
			Name: part.name, Weight: part.weight, Value: r.values[k], Contribution: contribution, Evidence: facts,
		})
		for _, fact := range facts[:spoken] {
			clauses = append(clauses, clause{fact, contribution})
		}
		if fallback.text == "" || contribution > fallback.contribution {
			fallback = clause{facts[0], contribution}
		}
	}
	if len(clauses) == 0 {
		clauses = append(clauses, fallback)
	}
	slices.SortStableFunc(clauses, func(a, b clause) int { return cmp.Compare(b.contribution, a.contribution) })
	var texts []string
	for _, c := range clauses[:min(maxClauses, len(clauses))] {
		texts = append(texts, c.text)
	}
	pick.why = sentence(strings.Join(texts, "; "))
	return pick
}

// sentence begins with a capital and ends with a full stop.
func sentence(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:] + "."
}
