package tagging

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

var (
	twoArticles  = regexp.MustCompile(`(?i)\b(a|an|the) (a|an|the) `)
	wrongArticle = regexp.MustCompile(`(?i)\ba [aeio]|\ban [^aeiouhxr]`)
)

func TestPrompts(t *testing.T) {
	t.Parallel()
	v := DefaultVocabulary()
	for _, c := range v.Concepts() {
		prompts := v.Prompts(c.ID)
		require.GreaterOrEqual(t, len(prompts), 3, c.ID)
		seen := map[string]bool{}
		for _, prompt := range prompts {
			require.NotContains(t, prompt, placeholder)
			require.NotRegexp(t, twoArticles, prompt)
			require.NotRegexp(t, wrongArticle, prompt)
			require.False(t, seen[prompt], prompt)
			seen[prompt] = true
		}
	}
	for id, want := range map[string]string{
		"owl": "a photo of an owl", "university": "a photo of a university", "hourglass": "a photo of an hourglass",
		"snow": "a photo of snow", "sea": "a photo of the sea", "paris": "a photo taken in Paris", "wedding": "people at a wedding",
		"hiking": "a photo of someone hiking", "eerie": "an eerie photo", "indie": "a concert of indie music",
		"jealous": "a jealous person", "1920s": "a photo from the 1920s", "coffee": "a cup of coffee on a table",
	} {
		require.Contains(t, v.Prompts(id), want)
	}
	require.Nil(t, v.Prompts("qwertz"))
}

func TestReadTemplatesRefuses(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"header": "kind,text\nscene,{}\n", "empty": "", "kind": "kind,template\nwater,{}\n",
		"no place": "kind,template\nscene,a photo\n", "two places": "kind,template\nscene,{} and {}\n",
	} {
		_, err := readTemplates(text)
		require.ErrorContains(t, err, "tagging: templates", name)
	}
}
