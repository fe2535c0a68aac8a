package page_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/server/page"
)

// budget is what the whole page may weigh on the wire: PAGE and README promise less than 150 kB.
const budget = 150_000

func get(t *testing.T, h http.Handler, target string, header ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, target, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	require.NoError(t, err)
	return string(b)
}

var (
	htmlAsset = regexp.MustCompile(`(?:href|src)="(assets/[^"]+)"`)
	fileAsset = regexp.MustCompile(`"\./([A-Za-z0-9_-]+\.[0-9a-f]{12}\.[a-z]+)"`)
	anyFile   = regexp.MustCompile(`["'(](\.{0,2}/?[A-Za-z0-9_./-]+\.(?:css|js|svg|png|woff2?|webmanifest))["')]`)
)

// assets returns all files of the page by their address, found as a browser finds them.
func assets(t *testing.T, h http.Handler) map[string]string {
	t.Helper()
	found := map[string]string{}
	var visit func(address string)
	visit = func(address string) {
		if _, seen := found[address]; seen {
			return
		}
		r := get(t, h, "/"+address)
		require.Equal(t, http.StatusOK, r.StatusCode, address)
		found[address] = body(t, r)
		for _, m := range fileAsset.FindAllStringSubmatch(found[address], -1) {
			visit("assets/" + m[1])
		}
	}
	for _, m := range htmlAsset.FindAllStringSubmatch(body(t, get(t, h, "/")), -1) {
		visit(m[1])
	}
	return found
}

func TestPolicyIsStrict(t *testing.T) {
	t.Parallel()
	directives := map[string]string{}
	for d := range strings.SplitSeq(page.Policy, "; ") {
		name, value, _ := strings.Cut(d, " ")
		require.NotContains(t, directives, name)
		directives[name] = value
	}
	require.Equal(t, map[string]string{
		"default-src": "'none'", "img-src": "'self' blob: data:", "media-src": "'self' blob: https:", "script-src": "'self'",
		"style-src": "'self'", "connect-src": "'self'", "manifest-src": "'self'", "form-action": "'none'",
		"frame-ancestors": "'none'", "base-uri": "'none'",
	}, directives)
}

func TestEveryAnswerIsGuarded(t *testing.T) {
	t.Parallel()
	h := page.Handler()
	addresses := []string{"/", "/nothing-here"}
	for address := range assets(t, h) {
		addresses = append(addresses, "/"+address)
	}
	for _, address := range addresses {
		r := get(t, h, address)
		require.Equal(t, page.Policy, r.Header.Get("Content-Security-Policy"), address)
		require.Equal(t, "nosniff", r.Header.Get("X-Content-Type-Options"), address)
		require.Equal(t, "no-referrer", r.Header.Get("Referrer-Policy"), address)
		require.Empty(t, r.Header.Values("Set-Cookie"), address)
	}
}

func TestNothingIsInline(t *testing.T) {
	t.Parallel()
	html := body(t, get(t, page.Handler(), "/"))
	require.NotContains(t, html, "<style")
	scripts := regexp.MustCompile(`(?is)<script([^>]*)>(.*?)</script>`).FindAllStringSubmatch(html, -1)
	require.Len(t, scripts, 1)
	require.Contains(t, scripts[0][1], "src=")
	require.Empty(t, scripts[0][2], "inline script")
	require.NotRegexp(t, `(?i)\sstyle\s*=`, html, "style attribute")
	require.NotRegexp(t, `(?i)\son[a-z]+\s*=`, html, "event attribute")
	require.NotRegexp(t, `(?i)javascript:`, html)
}

// The page shows what comes from pictures, catalogues and models. It must never become markup or code.
func TestScriptsNeverMakeMarkupOrCode(t *testing.T) {
	t.Parallel()
	for address, content := range assets(t, page.Handler()) {
		if !strings.HasSuffix(address, ".js") {
			continue
		}
		for _, forbidden := range []string{
			"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "createContextualFragment",
			"DOMParser", "srcdoc", "localStorage", "sessionStorage", "document.cookie", "indexedDB", "console.",
		} {
			require.NotContains(t, content, forbidden, address)
		}
	}
}

// Nobody but the own server is asked: the only foreign addresses are links to follow, and the name of the SVG namespace.
func TestNothingForeignIsLoaded(t *testing.T) {
	t.Parallel()
	h := page.Handler()
	foreign := regexp.MustCompile(`https?://[a-z0-9.-]+\.[a-z]{2,}[^"'\s<)]*`)
	for _, link := range foreign.FindAllString(body(t, get(t, h, "/")), -1) {
		require.True(t, strings.HasPrefix(link, "https://github.com/soundtrack-go/sdk"), link)
	}
	for address, content := range assets(t, h) {
		for _, link := range foreign.FindAllString(content, -1) {
			require.Equal(t, "http://www.w3.org/2000/svg", link, address)
		}
	}
}

func TestAssetsKeepForEverUnderTheirHash(t *testing.T) {
	t.Parallel()
	h := page.Handler()
	types := map[string]string{
		"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml", "webmanifest": "application/manifest+json",
	}
	name := regexp.MustCompile(`^assets/[a-z-]+\.([0-9a-f]{12})\.([a-z]+)$`)
	found := assets(t, h)
	require.Greater(t, len(found), 20)
	for address, content := range found {
		m := name.FindStringSubmatch(address)
		require.NotNil(t, m, address)
		r := get(t, h, "/"+address)
		require.Equal(t, types[m[2]], r.Header.Get("Content-Type"), address)
		require.Equal(t, "public, max-age=31536000, immutable", r.Header.Get("Cache-Control"), address)
		require.Equal(t, `"`+m[1]+`"`, r.Header.Get("ETag"), address)
		for _, reference := range anyFile.FindAllStringSubmatch(content, -1) {
			require.Contains(t, found, "assets/"+strings.TrimPrefix(reference[1], "./"), "%s refers to a name without a hash", address)
		}
	}
}

func TestPageIsAskedForAgain(t *testing.T) {
	t.Parallel()
	h := page.Handler()
	r := get(t, h, "/")
	require.Equal(t, http.StatusOK, r.StatusCode)
	require.Equal(t, "no-cache", r.Header.Get("Cache-Control"))
	require.Equal(t, "text/html; charset=utf-8", r.Header.Get("Content-Type"))
	etag := r.Header.Get("ETag")
	again := get(t, h, "/", "If-None-Match", etag)
	require.Equal(t, http.StatusNotModified, again.StatusCode)
	require.Empty(t, body(t, again))
	require.Equal(t, etag, again.Header.Get("ETag"))
	require.Equal(t, http.StatusOK, get(t, h, "/", "If-None-Match", `"other"`).StatusCode)
	require.Equal(t, http.StatusOK, get(t, h, "/", "If-None-Match", etag, "Accept-Encoding", "gzip").StatusCode, "encodings have their own tags")
}

func TestEverythingIsCompressedWithinTheBudget(t *testing.T) {
	t.Parallel()
	h := page.Handler()
	addresses := []string{""}
	for address := range assets(t, h) {
		addresses = append(addresses, address)
	}
	total := 0
	for _, address := range addresses {
		plain := body(t, get(t, h, "/"+address))
		r := get(t, h, "/"+address, "Accept-Encoding", "br;q=1, gzip;q=0.8")
		require.Equal(t, "Accept-Encoding", r.Header.Get("Vary"))
		sent := body(t, r)
		require.Equal(t, fmt.Sprint(len(sent)), r.Header.Get("Content-Length"), address)
		total += len(sent)
		if r.Header.Get("Content-Encoding") != "gzip" {
			require.Equal(t, plain, sent, address)
			continue
		}
		require.Less(t, len(sent), len(plain), address)
		reader, err := gzip.NewReader(strings.NewReader(sent))
		require.NoError(t, err)
		var unpacked bytes.Buffer
		_, err = io.Copy(&unpacked, reader)
		require.NoError(t, err)
		require.Equal(t, plain, unpacked.String(), address)
	}
	t.Logf("%d files, %d bytes compressed", len(addresses), total)
	require.Less(t, total, budget)
}

func TestOtherPathsAreNotFound(t *testing.T) {
	t.Parallel()
	h := page.Handler()
	for _, target := range []string{
		"/index.html", "/assets/", "/assets", "/assets/app.js", "/assets/js/app.js", "/static/index.html", "/page.go", "/favicon.ico",
		"/assets/../index.html", "/assets/../page.go", "/assets/%2e%2e/page.go", "/assets/..%2f..%2fgo.mod", "/../go.mod", "/assets/\\..\\page.go", "//", "/%00",
	} {
		r := get(t, h, "http://localhost"+target)
		require.Equal(t, http.StatusNotFound, r.StatusCode, target)
		require.NotContains(t, body(t, r), "package page", target)
		require.Equal(t, "no-store", r.Header.Get("Cache-Control"), target)
	}
}

func TestMethods(t *testing.T) {
	t.Parallel()
	h := page.Handler()
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, "/", nil))
		require.Equal(t, http.StatusMethodNotAllowed, w.Code, method)
		require.Equal(t, "GET, HEAD", w.Header().Get("Allow"), method)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodHead, "/", nil))
	require.Equal(t, http.StatusOK, w.Code)
	require.Empty(t, w.Body.String())
	require.Equal(t, fmt.Sprint(len(body(t, get(t, h, "/")))), w.Header().Get("Content-Length"))
}

func TestVersion(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, version, want string }{
		{"default", "", "devel"},
		{"given", "v1.2.3", "v1.2.3"},
		{"escaped", `"><script>alert(1)</script>`, "&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"},
		{"cut", strings.Repeat("9", 500), strings.Repeat("9", page.MaxVersion)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			html := body(t, get(t, page.Handler(page.WithVersion(tc.version)), "/"))
			require.Contains(t, html, `<meta name="version" content="`+tc.want+`">`)
			require.Contains(t, html, `<span id="version">`+tc.want+`</span>`)
		})
	}
}

func TestPageWorksBelowAPrefix(t *testing.T) {
	t.Parallel()
	h := http.StripPrefix("/music", page.Handler())
	html := body(t, get(t, h, "/music/"))
	links := htmlAsset.FindAllStringSubmatch(html, -1)
	require.NotEmpty(t, links)
	for _, m := range links {
		require.Equal(t, http.StatusOK, get(t, h, "/music/"+m[1]).StatusCode, m[1])
	}
	require.NotRegexp(t, `(?:href|src)="/`, html, "an address from the root would leave the prefix")
}

// What people who do not see the page rely on, and what the browser tests hold on to.
func TestLandmarksAndHandles(t *testing.T) {
	t.Parallel()
	html := body(t, get(t, page.Handler(), "/"))
	for _, want := range []string{
		`<html lang="en">`, `<meta name="viewport" content="width=device-width, initial-scale=1">`, "<main ", "<header ", "<footer ", "<h1 ", "<noscript>",
		`<body data-state="empty">`, `id="file"`, `id="picks"`, `id="player"`, `aria-live="polite"`, `class="skip"`,
	} {
		require.Contains(t, html, want)
	}
	require.NotContains(t, html, "user-scalable", "people may zoom")
	require.NotContains(t, html, "autoplay", "nothing plays that nobody pressed")
	ids := map[string]bool{}
	for _, m := range regexp.MustCompile(`\sid="([^"]+)"`).FindAllStringSubmatch(html, -1) {
		require.False(t, ids[m[1]], "id %q twice", m[1])
		ids[m[1]] = true
	}
	for _, m := range regexp.MustCompile(`\s(?:for|aria-labelledby|aria-controls|aria-describedby)="([^"]+)"`).FindAllStringSubmatch(html, -1) {
		require.True(t, ids[m[1]], "nothing has the id %q", m[1])
	}
	for _, m := range regexp.MustCompile(`href="#([^"]+)"`).FindAllStringSubmatch(html, -1) {
		require.True(t, ids[m[1]], "nothing has the id %q", m[1])
	}
}

func ExampleHandler() {
	mux := http.NewServeMux()
	mux.Handle("/", page.Handler(page.WithVersion("v1.2.3")))

	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	fmt.Println(w.Code, w.Header().Get("Content-Type"), w.Header().Get("Cache-Control"))
	fmt.Println(strings.Contains(w.Body.String(), `<meta name="version" content="v1.2.3">`))
	// Output:
	// 200 text/html; charset=utf-8 no-cache
	// true
}
