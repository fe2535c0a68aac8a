package browsertest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// page is an open tab.
type page struct {
	ctx   context.Context
	shots string

	mu      sync.Mutex
	said    []string // console messages and exceptions
	foreign []string // requests to other hosts
}

func env(t *testing.T, name string) string {
	t.Helper()
	value := os.Getenv(name)
	if value == "" {
		t.Skipf("%s is not set; scripts/test runs this test", name)
	}
	return value
}

// open starts a browser and loads the page.
func open(t *testing.T, width, height int64, fragment string) *page {
	t.Helper()
	url := env(t, "SOUNDTRACK_PAGE_URL")
	browser := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			browser = path
			break
		}
	}
	require.NotEmpty(t, browser, "no Chromium on the path")
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(browser), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("autoplay-policy", "user-gesture-required"))
	allocator, cancelAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancelAllocator)
	tab, cancelTab := chromedp.NewContext(allocator)
	t.Cleanup(cancelTab)
	p := &page{shots: env(t, "SOUNDTRACK_PAGE_SHOTS")}
	require.NoError(t, chromedp.Listen(tab, func(event any) { // starts the browser; its context must have no deadline
		p.mu.Lock()
		defer p.mu.Unlock()
		switch e := event.(type) {
		case *runtime.EventConsoleAPICalled:
			var words []string
			for _, a := range e.Args {
				words = append(words, string(a.Value)+a.Description)
			}
			p.said = append(p.said, strings.Join(words, " "))
		case *runtime.EventExceptionThrown:
			p.said = append(p.said, e.ExceptionDetails.Text)
		case *network.EventRequestWillBeSent:
			if u := e.Request.URL; !strings.HasPrefix(u, url) && !strings.HasPrefix(u, "blob:") && !strings.HasPrefix(u, "data:") {
				p.foreign = append(p.foreign, u)
			}
		}
	}))
	_, err := chromedp.Call(tab, network.Enable, network.EnableParams{})
	require.NoError(t, err)
	require.NoError(t, chromedp.Do(tab, chromedp.EmulateViewport(width, height)))
	ctx, cancel := context.WithTimeout(tab, 2*time.Minute)
	t.Cleanup(cancel)
	p.ctx = ctx
	_, err = chromedp.Run(ctx, chromedp.Navigate(url+fragment))
	require.NoError(t, err)
	return p
}

func (p *page) do(t *testing.T, actions ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	require.NoError(t, chromedp.Do(p.ctx, actions...))
}

func eval[T any](t *testing.T, p *page, script string) T {
	t.Helper()
	value, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	require.NoError(t, err, script)
	return value
}

// until waits for a condition of the page.
func until(t *testing.T, p *page, condition string) {
	t.Helper()
	require.Eventually(t, func() bool { return eval[bool](t, p, "Boolean("+condition+")") }, 30*time.Second, 50*time.Millisecond, condition)
}

func (p *page) shot(t *testing.T, name string) {
	t.Helper()
	png, err := chromedp.Run(p.ctx, chromedp.FullScreenshot(100))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(p.shots, name+".png"), png, 0o600))
}

// axe fails on violations that axe-core calls serious or critical.
func (p *page) axe(t *testing.T, state string) {
	t.Helper()
	source, err := os.ReadFile(env(t, "SOUNDTRACK_PAGE_AXE"))
	require.NoError(t, err)
	eval[bool](t, p, string(source)+";true")
	found := eval[[]string](t, p, `axe.run().then(r => r.violations.filter(v => ["serious", "critical"].includes(v.impact))
		.map(v => v.id + ": " + v.nodes.map(n => n.target.join(" ")).join(", ")))`)
	require.Empty(t, found, state)
}

const picks = `document.querySelectorAll("#picks [data-testid=pick]")`

func (p *page) drop(t *testing.T) {
	t.Helper()
	p.do(t, chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{env(t, "SOUNDTRACK_PAGE_PHOTO")}))
	until(t, p, picks+`.length === 5 && document.body.dataset.state === "answer"`)
}

// The main job: a picture in, five songs out, one plays.
func TestPictureInSongOut(t *testing.T) {
	p := open(t, 1280, 900, "")
	p.axe(t, "empty")
	p.drop(t)
	p.shot(t, "answer")
	p.axe(t, "answer")
	require.Positive(t, eval[int](t, p, `document.querySelectorAll("[data-testid=chip]").length`), "what was seen is shown")
	require.Equal(t, 4, eval[int](t, p, `document.querySelectorAll("#dials input[type=range]").length`))

	first := eval[string](t, p, picks+`[0].dataset.id`)

	// A dial ranks again without another upload.
	eval[bool](t, p, `(() => { const dial = document.querySelector("#dials input[type=range]"); dial.value = 1;
		dial.dispatchEvent(new Event("input", { bubbles: true })); dial.dispatchEvent(new Event("change", { bubbles: true })); return true })()`)
	until(t, p, picks+`.length === 5 && `+picks+`[0].dataset.id !== `+fmt.Sprintf("%q", first))
	p.shot(t, "contrast")
	p.axe(t, "re-ranked")

	p.mu.Lock()
	defer p.mu.Unlock()
	require.Empty(t, p.said, "the console is silent")
	require.Empty(t, p.foreign, "no request to another host")
}

// Sound: with the demo tracks alone, pressing play moves the audio position.
func TestPlay(t *testing.T) {
	p := open(t, 390, 844, "#offline=yes")
	p.drop(t)
	p.shot(t, "phone")
	p.axe(t, "phone")
	p.do(t, chromedp.Click("#picks [data-testid=pick] [data-testid=play]"))
	until(t, p, `document.querySelector("#player").currentTime > 0.5`)
	p.shot(t, "playing")
	p.axe(t, "playing")
	p.do(t, chromedp.KeyEvent(" "))
	until(t, p, `document.querySelector("#player").paused`)
}

// A refused picture says why and what to do.
func TestRefusedPicture(t *testing.T) {
	p := open(t, 1280, 900, "")
	path := filepath.Join(t.TempDir(), "photo.jpg")
	require.NoError(t, os.WriteFile(path, []byte(strings.Repeat("this is no picture ", 100)), 0o600))
	p.do(t, chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{path}))
	until(t, p, `document.querySelector("[data-testid=notice]")`)
	p.shot(t, "refused")
	p.axe(t, "refused")
	require.Contains(t, eval[string](t, p, `document.querySelector("[data-testid=notice]").textContent`), "JPEG")
}
