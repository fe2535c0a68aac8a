package page

import (
	"io/fs"
	"path"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

func source(files map[string]string) fstest.MapFS {
	m := fstest.MapFS{}
	for name, content := range files {
		m[name] = &fstest.MapFile{Data: []byte(content)}
	}
	return m
}

func TestBuildNamesFilesAfterTheirContent(t *testing.T) {
	t.Parallel()
	build := func(leaf string) *site {
		s, err := buildSite(source(map[string]string{
			"index.html":   `<script type="module" src="./js/app.js"></script><!-- modules -->`,
			"js/app.js":    `import { a } from "./middle.js";`,
			"js/middle.js": `import { b } from "./leaf.js";`,
			"js/leaf.js":   leaf,
		}), "v1")
		require.NoError(t, err)
		return s
	}
	one, same, other := build("export const b = 1;"), build("export const b = 1;"), build("export const b = 2;")
	require.Equal(t, one.index.plain, same.index.plain)
	require.NotEqual(t, one.index.etag, other.index.etag, "a change below must reach the page")
	require.Len(t, one.assets, 3)
	for name := range one.assets {
		require.NotContains(t, other.assets, name, "a change in the leaf must rename all that lead to it")
	}
	for name, f := range one.assets {
		require.Equal(t, digest(f.plain), strings.Split(name, ".")[1])
		require.Contains(t, string(one.index.plain), `<link rel="modulepreload" href="assets/`+name+`">`)
	}
}

func TestBuildRefusesInconsistentFiles(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"no page", map[string]string{"js/app.js": ""}, "index.html"},
		{"missing file", map[string]string{"index.html": `<link href="./css/gone.css">`}, "css/gone.css"},
		{"missing import", map[string]string{"index.html": `"./js/app.js"`, "js/app.js": `import "./gone.js"`}, "js/gone.js"},
		{"circle", map[string]string{"index.html": `"./js/a.js"`, "js/a.js": `import "./b.js"`, "js/b.js": `import "./a.js"`}, "refers to itself"},
		{"itself", map[string]string{"index.html": `"./js/a.js"`, "js/a.js": `import "./a.js"`}, "refers to itself"},
		{"out of the folder", map[string]string{"index.html": `"../../etc/passwd.js"`}, "passwd.js"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := buildSite(source(tc.files), "v1")
			require.ErrorContains(t, err, tc.want)
		})
	}
}

func TestEveryEmbeddedFileIsServed(t *testing.T) {
	t.Parallel()
	static, err := fs.Sub(files, "static")
	require.NoError(t, err)
	s, err := buildSite(static, "v1")
	require.NoError(t, err)
	var names []string
	require.NoError(t, fs.WalkDir(static, ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && name != indexName {
			names = append(names, name)
		}
		return err
	}))
	require.Len(t, s.assets, len(names), "a file that nothing refers to, or two files of one name: %v", names)
	for _, name := range names {
		require.Contains(t, contentTypes, path.Ext(name))
	}
}

func TestAcceptsGzip(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]bool{
		"": false, "gzip": true, "GZIP": true, "br, gzip": true, "gzip;q=0": false, "gzip; q=0.0": false, "gzip;q=0.5": true,
		"identity": false, "x-gzip": false, "gzip;q=abc": false, "deflate, gzip;q=1.0, *;q=0.5": true,
	} {
		require.Equal(t, want, acceptsGzip(header), "%q", header)
	}
}

func TestMatches(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]bool{
		"": false, `"a"`: true, `W/"a"`: true, `"b", "a"`: true, "*": true, `"b"`: false, "a": false,
	} {
		require.Equal(t, want, matches(header, `"a"`), "%q", header)
	}
}
