package tagging

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/soundtrack-go/sdk/vision"
)

// nothingInParticular is the label that the concepts of a kind must beat, last of each kind.
const nothingInParticular = "something"

// promptGroup is a kind of concepts with what is written about them.
type promptGroup struct {
	kind    Kind
	ids     []string
	prompts map[string][]string // by id, and of nothingInParticular: equally many of each
}

// promptGroups lists the kinds of v that can be seen, in the order in which they first appear.
func promptGroups(v *Vocabulary) []promptGroup {
	var groups []promptGroup
	for _, c := range v.Concepts() {
		if !c.Kind.seen() {
			continue
		}
		i := slices.IndexFunc(groups, func(g promptGroup) bool { return g.kind == c.Kind })
		if i < 0 {
			i = len(groups)
			groups = append(groups, promptGroup{kind: c.Kind, prompts: map[string][]string{}})
			for _, template := range promptTemplates()[c.Kind] {
				groups[i].prompts[nothingInParticular] = append(groups[i].prompts[nothingInParticular], fillTemplate(template, nothingInParticular))
			}
		}
		groups[i].ids = append(groups[i].ids, c.ID)
		groups[i].prompts[c.ID] = v.Prompts(c.ID)
	}
	return groups
}

// labels are the ids and nothingInParticular: what package zeroshot is given to write into templates.
func (g promptGroup) labels() []string { return append(slices.Clone(g.ids), nothingInParticular) }

// size is the number of prompts.
func (g promptGroup) size() int { return (len(g.ids) + 1) * len(g.prompts[nothingInParticular]) }

// templates number the prompts: package zeroshot asks for "sea 0", "sea 1" and so on, and a promptEncoder knows what that
// is, because the article of a prompt depends on its concept.
func (g promptGroup) templates() []string {
	numbered := make([]string, len(g.prompts[nothingInParticular]))
	for i := range numbered {
		numbered[i] = fmt.Sprintf("{} %d", i)
	}
	return numbered
}

// promptEncoder embeds the prompts of a group by their numbers.
type promptEncoder struct {
	text   vision.TextEncoder
	info   vision.ModelInfo
	texts  map[string]string
	digest string
	done   int
	told   func(done int) // after each call, unless all prompts are done
}

func newPromptEncoder(text vision.TextEncoder, info vision.ModelInfo, g promptGroup) *promptEncoder {
	e := &promptEncoder{text: text, info: info, texts: map[string]string{}}
	hash := sha256.New()
	if t, ok := text.(interface{ TextDigest() string }); ok {
		fmt.Fprintf(hash, "%q\n", t.TextDigest())
	}
	for _, label := range g.labels() {
		for i, prompt := range g.prompts[label] {
			e.texts[fmt.Sprintf("%s %d", label, i)] = prompt
			fmt.Fprintf(hash, "%q\n", prompt)
		}
	}
	e.digest = hex.EncodeToString(hash.Sum(nil))
	return e
}

// EncodeText implements [vision.TextEncoder].
func (e *promptEncoder) EncodeText(ctx context.Context, texts []string) ([][]float32, error) {
	prompts := make([]string, len(texts))
	for i, text := range texts {
		prompts[i] = e.texts[text]
	}
	vectors, err := e.text.EncodeText(ctx, prompts)
	if e.done += len(texts); err == nil && e.done < len(e.texts) {
		e.told(e.done)
	}
	return vectors, err
}

// Info and TextDigest are what the cache of package zeroshot goes by: the digest is that of the text tower's weights and of
// all prompts.
func (e *promptEncoder) Info() vision.ModelInfo { return e.info }
func (e *promptEncoder) TextDigest() string     { return e.digest }
