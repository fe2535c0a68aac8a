package browsertest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// patience bounds every wait inside the browser.
const patience = 15 * time.Second

// watchShifts adds up the layout shifts that no key or click explains.
const watchShifts = `window.shifts = 0; window.shifted = ""; new PerformanceObserver((list) => {
	for (const e of list.getEntries()) if (!e.hadRecentInput) {
		window.shifts += e.value;
		window.shifted += e.value.toFixed(4) + ": " + e.sources.map((s) => s.node?.id || s.node?.className || s.node?.nodeName).join(", ") + "; ";
	}
}).observe({ type: "layout-shift", buffered: true });`

// ownConnection lets the test say whether the page is connected: a machine without any network interface, on which these
// tests shall pass too, has Chromium say that nothing is.
const ownConnection = `Object.defineProperty(Navigator.prototype, "onLine", { configurable: true, get: () => !window.cutOff });`

// chrome finds the browser, or skips. wanted is the variable that asks for the test.
func chrome(t *testing.T, wanted string) string {
	t.Helper()
	if os.Getenv(wanted) == "" {
		t.Skipf("%s is not set: no browser test wanted", wanted)
	}
	if path := os.Getenv("SOUNDTRACK_CHROME"); path != "" {
		return path
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatalf("%s is set, but there is no browser: set SOUNDTRACK_CHROME", wanted)
	return ""
}

// tab is one page.
type tab struct {
	*testing.T
	ctx context.Context
	url string

	mu       sync.Mutex
	requests []string // addresses asked for
	troubles []string // console messages, exceptions and dialogs
}

type look struct {
	width, height int64
	dark, still   bool // still: reduced motion
}

// running is the browser that all tests share; each has a tab of its own, and one after the other they close it.
var running struct {
	once sync.Once
	ctx  context.Context
	err  error
	stop func()
}

func TestMain(m *testing.M) {
	code := m.Run()
	if running.stop != nil {
		running.stop()
	}
	os.Exit(code)
}

func launch(t *testing.T, browser string) context.Context {
	t.Helper()
	running.once.Do(func() {
		profile, err := os.MkdirTemp("", "browsertest")
		if err != nil {
			running.err = err
			return
		}
		options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(browser), chromedp.NoSandbox, chromedp.DisableGPU,
			chromedp.UserDataDir(profile), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
			chromedp.Flag("autoplay-policy", "user-gesture-required"), chromedp.Flag("mute-audio", true))
		allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
		ctx, closeAll := chromedp.NewContext(allocator)
		running.ctx, running.err = ctx, chromedp.Do(ctx)
		running.stop = func() {
			closeAll()
			stop()
			_ = os.RemoveAll(profile)
		}
	})
	require.NoError(t, running.err)
	return running.ctx
}

// open opens a tab at url.
func open(t *testing.T, browser, url string, l look) *tab {
	t.Helper()
	ctx, closeTab := chromedp.NewContext(launch(t, browser))
	t.Cleanup(closeTab)
	p := &tab{T: t, ctx: ctx, url: url}
	require.NoError(t, chromedp.Listen(ctx, p.hear))
	messages := chromedp.Console(ctx)
	go func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			p.trouble(m.String())
		}
	}()
	if l.width == 0 {
		l.width, l.height = 1440, 900
	}
	scheme, motion := "light", "no-preference"
	if l.dark {
		scheme = "dark"
	}
	if l.still {
		motion = "reduce"
	}
	_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: motion},
	}})
	require.NoError(t, err)
	_, err = chromedp.Call(ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: ownConnection + watchShifts})
	require.NoError(t, err)
	require.NoError(t, chromedp.Do(ctx, chromedp.EmulateViewport(l.width, l.height), chromedp.Navigate(url)))
	p.until(`document.documentElement.classList.contains("ready")`)
	return p
}

func (p *tab) hear(event any) {
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		p.mu.Lock()
		defer p.mu.Unlock()
		p.requests = append(p.requests, e.Request.URL)
	case *page.EventJavascriptDialogOpening:
		p.trouble("dialog: " + e.Message)
	}
}

func (p *tab) trouble(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.troubles = append(p.troubles, text)
}

// evaluate runs script in the page; promises are awaited.
func evaluate[T any](p *tab, script string) T {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, 2*patience)
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	require.NoError(p, err, script)
	return value
}

// until waits until condition holds. It asks again with every frame, in the page.
func (p *tab) until(condition string) {
	p.Helper()
	done := evaluate[string](p, fmt.Sprintf(`new Promise((done) => {
		const end = Date.now() + %d;
		const ask = () => (%s) ? done("") : Date.now() > end ? done(document.body.dataset.state + ": " + document.body.innerText.slice(0, 400)) : setTimeout(ask, 16);
		ask();
	})`, patience.Milliseconds(), condition))
	require.Empty(p, done, "waited in vain for %s", condition)
}

// state waits for a data-state.
func (p *tab) state(want string) {
	p.Helper()
	p.until(fmt.Sprintf(`document.body.dataset.state === %q`, want))
}

// settle waits until nothing moves any more.
func (p *tab) settle() {
	p.Helper()
	p.until(`document.getAnimations().every((a) => a.effect.getComputedTiming().iterations === Infinity)`)
}

func (p *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	require.NoError(p, chromedp.Do(ctx, steps...))
}

// click clicks the first element that selector finds.
func (p *tab) click(selector string) {
	p.Helper()
	p.until(fmt.Sprintf(`document.querySelector(%q)`, selector))
	p.settle() // a row that glides is hard to hit
	p.do(chromedp.ScrollIntoView(chromedp.CSS(selector)), chromedp.Click(chromedp.CSS(selector)))
}

// keys presses keys, one after the other.
func (p *tab) keys(keys string) {
	p.Helper()
	p.do(chromedp.KeyEvent(keys))
}

// tabTo presses Tab until the element that selector finds has the focus, as somebody without a mouse does. Every stop on
// the way must show where it is.
func (p *tab) tabTo(selector string) {
	p.Helper()
	for range 80 {
		p.keys("\t")
		if evaluate[bool](p, fmt.Sprintf(`document.activeElement.matches(%q)`, selector)) {
			require.True(p, evaluate[bool](p, focusShown), selector)
			return
		}
		require.True(p, evaluate[bool](p, focusShown), "%s has the focus and does not show it", evaluate[string](p, `document.activeElement.outerHTML.slice(0, 120)`))
	}
	require.Fail(p, "no way by keyboard", selector)
}

// focusShown is whether the focused element has an outline, or a label that has one for it.
const focusShown = `(() => {
	const e = document.activeElement;
	if (e === document.body || e === document.documentElement) return true;
	const outlined = (n) => getComputedStyle(n).outlineStyle !== "none" && parseFloat(getComputedStyle(n).outlineWidth) >= 2;
	return outlined(e) || [...(e.labels ?? [])].some((l) => outlined(l) || [...l.querySelectorAll("*")].some(outlined));
})()`

// set moves a range to a value as a hand does.
func (p *tab) set(id string, value float64) {
	p.Helper()
	evaluate[bool](p, fmt.Sprintf(`(() => { const r = document.getElementById(%q); r.value = %v; return r.dispatchEvent(new Event("input", { bubbles: true })); })()`, id, value))
}

// titles returns what is shown, best first.
func (p *tab) titles() []string {
	p.Helper()
	return evaluate[[]string](p, `[...document.querySelectorAll("#picks .title")].map((t) => t.textContent)`)
}

// wellFormed checks what must hold in every state: nothing in the console but what is expected, nothing asked of anybody
// else, nothing wider than the window, nothing that jumped, and nothing that axe finds serious.
func (p *tab) wellFormed(name string, expected ...string) {
	p.Helper()
	p.settle()
	if folder := os.Getenv("SOUNDTRACK_PAGE_SHOTS"); folder != "" {
		png, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
		require.NoError(p, err)
		require.NoError(p, os.WriteFile(filepath.Join(folder, name+".png"), png, 0o600))
	}
	require.LessOrEqual(p, evaluate[float64](p, `document.documentElement.scrollWidth - document.documentElement.clientWidth`), 0.0, "wider than the window")
	require.Less(p, evaluate[float64](p, `window.shifts`), .02, "layout shift: %s", evaluate[string](p, `window.shifted`))
	p.axe()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, trouble := range p.troubles {
		known := false
		for _, e := range expected {
			known = known || strings.Contains(trouble, e)
		}
		require.True(p, known, "console: %s", trouble)
	}
	for _, address := range p.requests {
		own := strings.HasPrefix(address, p.url) || strings.HasPrefix(address, "blob:"+strings.TrimSuffix(p.url, "/")) || strings.HasPrefix(address, "data:")
		require.True(p, own, "a foreign request: %s", address)
	}
}

// axe fails for violations of serious and critical impact.
func (p *tab) axe() {
	p.Helper()
	path := os.Getenv("SOUNDTRACK_AXE")
	if path == "" {
		return
	}
	source, err := os.ReadFile(path)
	require.NoError(p, err)
	if !evaluate[bool](p, `typeof axe === "object"`) {
		evaluate[bool](p, string(source)+"\n;true")
	}
	found := evaluate[string](p, `axe.run(document, { resultTypes: ["violations"] }).then((r) => JSON.stringify(
		r.violations.filter((v) => ["serious", "critical"].includes(v.impact)).map((v) => ({ id: v.id, nodes: v.nodes.map((n) => n.target.join(" ") + ": " + n.failureSummary) }))))`)
	var violations []any
	require.NoError(p, json.Unmarshal([]byte(found), &violations))
	require.Empty(p, violations, found)
}

// offline cuts or restores the network, as the page sees it.
func (p *tab) offline(cut bool) {
	p.Helper()
	_, err := chromedp.Call(p.ctx, network.OverrideNetworkState, network.OverrideNetworkStateParams{Offline: cut, DownloadThroughput: -1, UploadThroughput: -1})
	require.NoError(p, err)
	evaluate[bool](p, fmt.Sprintf(`(window.cutOff = %v, dispatchEvent(new Event(window.cutOff ? "offline" : "online")))`, cut))
}

// write makes a file for an upload.
func write(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, content, 0o600))
	return path
}
