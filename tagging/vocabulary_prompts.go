package tagging

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"strings"
	"sync"
)

//go:embed templates.csv
var templatesCSV string

// placeholder is where a concept goes in a template. After "a" the article follows the concept: "a {} photo" becomes "an
// eerie photo".
const placeholder = "{}"

var promptTemplates = sync.OnceValue(func() map[Kind][]string {
	templates, err := readTemplates(templatesCSV)
	if err != nil {
		panic(err) // the embedded file is checked by a test
	}
	return templates
})

// readTemplates reads CSV with the columns kind and template, several lines for each kind.
func readTemplates(text string) (map[Kind][]string, error) {
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(rows) == 0 || strings.Join(rows[0], ",") != "kind,template" {
		return nil, fmt.Errorf("tagging: templates: want the header kind,template: %w", err)
	}
	templates := map[Kind][]string{}
	for i, row := range rows[1:] {
		kind, template := Kind(row[0]), row[1]
		if _, known := kinds[kind]; !known || strings.Count(template, placeholder) != 1 {
			return nil, fmt.Errorf("tagging: templates: line %d: want a kind and a template with %s once", i+2, placeholder)
		}
		templates[kind] = append(templates[kind], template)
	}
	return templates, nil
}

// Prompts returns a concept as texts for a text tower such as CLIP's: its phrase in each of the three or more templates of
// its kind, as in "a photo of an owl". The mean of their embeddings stands for the concept. It is nil for an id that the
// vocabulary does not have. The templates are in templates.csv.
func (v *Vocabulary) Prompts(id string) []string {
	c, ok := v.Lookup(id)
	if !ok {
		return nil
	}
	var prompts []string
	for _, template := range promptTemplates()[c.Kind] {
		prompts = append(prompts, fillTemplate(template, c.Phrase))
	}
	return prompts
}

func fillTemplate(template, phrase string) string {
	if strings.HasPrefix(template, "a "+placeholder) || strings.Contains(template, " a "+placeholder) {
		return strings.Replace(template, "a "+placeholder, withArticle(phrase), 1)
	}
	return strings.Replace(template, placeholder, phrase, 1)
}

// withArticle puts "a" or "an" before a word by its first sound.
func withArticle(noun string) string {
	vowel := strings.ContainsRune("aeiouAEIOU", rune(noun[0]))
	for _, exception := range []struct {
		prefix string
		vowel  bool
	}{{"uni", false}, {"uku", false}, {"eu", false}, {"one", false}, {"hour", true}, {"honest", true}, {"X-", true}, {"R&", true}} {
		if strings.HasPrefix(noun, exception.prefix) {
			vowel = exception.vowel
		}
	}
	if vowel {
		return "an " + noun
	}
	return "a " + noun
}
