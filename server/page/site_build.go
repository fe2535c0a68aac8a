package page

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"html"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

// site is everything that is served, ready to be written.
type site struct {
	index  *file
	assets map[string]*file // by name below /assets/
}

// file is one answer in both of its encodings.
type file struct {
	contentType string
	etag        string // quoted; the compressed form has another one
	plain       []byte
	zipped      []byte // nil if it would not be smaller
	immutable   bool   // the name changes with the content
}

// contentTypes lists the kinds of files there are; an embedded file of another kind is a mistake.
var contentTypes = map[string]string{
	".css":         "text/css; charset=utf-8",
	".html":        "text/html; charset=utf-8",
	".js":          "text/javascript; charset=utf-8",
	".svg":         "image/svg+xml",
	".webmanifest": "application/manifest+json",
}

// reference finds what refers to another file: a quoted path that starts with a dot, as in import "./dom.js" or
// href="./css/base.css". Nothing else in these files is spelt so.
var reference = regexp.MustCompile(`"(\.{1,2}/[A-Za-z0-9_./-]+\.(?:css|js|svg|webmanifest))"`)

const (
	indexName     = "index.html"
	modulesMark   = "<!-- modules -->"
	versionMark   = "{{version}}"
	hashDigits    = 12 // 48 bits: enough to tell releases apart, short enough to read
	assetsFolder  = "assets/"
	modulesFolder = "js/"
)

// builder names files after their content. A file's content includes the names of the files it refers to, so a change
// anywhere below renames everything above it.
type builder struct {
	source fs.FS
	names  map[string]string // source path → served name; empty while the file is being built
	site   *site
}

func buildSite(source fs.FS, version string) (*site, error) {
	b := &builder{source: source, names: map[string]string{}, site: &site{assets: map[string]*file{}}}
	page, err := b.rewrite(indexName, assetsFolder)
	if err != nil {
		return nil, err
	}
	page = bytes.Replace(page, []byte(modulesMark), b.preloads(), 1)
	page = bytes.ReplaceAll(page, []byte(versionMark), []byte(html.EscapeString(version)))
	b.site.index, err = newFile(indexName, page)
	if err != nil {
		return nil, err
	}
	return b.site, nil
}

// asset builds the file at a source path once and returns the name it is served under.
func (b *builder) asset(source string) (string, error) {
	if name, begun := b.names[source]; begun {
		if name == "" {
			return "", fmt.Errorf("%s refers to itself through others", source)
		}
		return name, nil
	}
	b.names[source] = ""
	content, err := b.rewrite(source, "./")
	if err != nil {
		return "", err
	}
	extension := path.Ext(source)
	name := strings.TrimSuffix(path.Base(source), extension) + "." + digest(content) + extension
	f, err := newFile(source, content)
	if err != nil {
		return "", err
	}
	f.immutable = true
	b.names[source], b.site.assets[name] = name, f
	return name, nil
}

// rewrite returns the content of a file with the served names of what it refers to, each after prefix.
func (b *builder) rewrite(source, prefix string) ([]byte, error) {
	content, err := fs.ReadFile(b.source, source)
	if err != nil {
		return nil, err
	}
	var failed error
	content = reference.ReplaceAllFunc(content, func(quoted []byte) []byte {
		target := path.Join(path.Dir(source), string(quoted[1:len(quoted)-1]))
		name, err := b.asset(target)
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("%s: %w", source, err))
		}
		return []byte(`"` + prefix + name + `"`)
	})
	return content, failed
}

// preloads asks browsers to fetch all modules at once instead of one level of imports after the other.
func (b *builder) preloads() []byte {
	var names []string
	for source, name := range b.names {
		if strings.HasPrefix(source, modulesFolder) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var out bytes.Buffer
	for i, name := range names {
		if i > 0 {
			out.WriteString("\n  ")
		}
		fmt.Fprintf(&out, `<link rel="modulepreload" href="%s%s">`, assetsFolder, name)
	}
	return out.Bytes()
}

func newFile(name string, content []byte) (*file, error) {
	kind, known := contentTypes[path.Ext(name)]
	if !known {
		return nil, fmt.Errorf("%s: unknown kind of file", name)
	}
	f := &file{contentType: kind, etag: `"` + digest(content) + `"`, plain: content}
	var out bytes.Buffer
	writer, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := writer.Write(content); err != nil {
		return nil, err
	}
	if err := writer.Close(); err != nil {
		return nil, err
	}
	if out.Len() < len(content) {
		f.zipped = out.Bytes()
	}
	return f, nil
}

func digest(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])[:hashDigits]
}
