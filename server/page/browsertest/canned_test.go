package browsertest_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

const wanted = "SOUNDTRACK_CHROME"

// failed is what browsers write to the console about an answer that is an error.
const failed = "Failed to load resource"

// start serves canned answers and opens the page on them.
func start(t *testing.T, l look, fragment string) (*canned, *tab) {
	t.Helper()
	browser := chrome(t, wanted)
	s := serve(t)
	p := open(t, browser, s.URL+"/"+fragment, l)
	p.url = s.URL + "/"
	return s, p
}

// example has one of the drawn pictures looked at.
func (p *tab) example(name, state string) {
	p.Helper()
	p.click(`[data-scene="` + name + `"]`)
	p.state(state)
}

func TestStates(t *testing.T) {
	file := func(name string, content []byte) func(*canned, *tab) {
		return func(_ *canned, p *tab) {
			p.do(chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{write(p.T, name, content)}))
		}
	}
	example := func(_ *canned, p *tab) { p.click(`[data-scene="beach"]`) }
	with := func(trouble func(http.ResponseWriter, bool) bool) func(*canned, *tab) {
		return func(s *canned, p *tab) {
			s.change(func(s *canned) { s.trouble = trouble })
			example(s, p)
		}
	}
	later := func(trouble func(http.ResponseWriter, bool)) func(*canned, *tab) {
		return func(s *canned, p *tab) {
			p.example("beach", "answer")
			s.change(func(s *canned) { s.trouble = times(9, trouble) })
			p.set("dial-era", 1)
		}
	}
	const forEver = 1 << 30
	for _, tc := range []struct {
		name, state, says string
		prepare           func(*canned, *tab)
		expected          []string
	}{
		{"empty", "empty", "it is not kept", func(*canned, *tab) {}, nil},
		{"dragging", "dragging", "", func(_ *canned, p *tab) {
			evaluate[bool](p, `(() => { const data = new DataTransfer(); data.items.add(new File(["x"], "x.png", { type: "image/png" }));
				setInterval(() => dispatchEvent(new DragEvent("dragover", { dataTransfer: data, cancelable: true })), 60); return true; })()`)
		}, nil},
		{"answer", "answer", "Five songs", example, nil},
		{"answer-encoder", "answer", "compact, run by pure Go (avx2) on CPU. It is the one installed.", example, nil},
		{"answer-portrait", "answer", "Five songs", file("tall.png", picture(t, 60, 180)), nil},
		{"refused-format", "refused", "JPEG, PNG, WebP or GIF", file("notes.jpg", []byte("only words")), nil},
		{"refused-empty", "refused", "nothing in this file", file("empty.png", nil), nil},
		{"refused-large", "refused", "too large", file("large.png", append(picture(t, 30, 20), make([]byte, 17<<20)...)), nil},
		{"refused-shape", "refused", "times as long as it is wide", file("line.png", picture(t, 3000, 2)), nil},
		{"refused-by-server", "refused", "Send it again, whole.", with(times(1, func(w http.ResponseWriter, plain bool) {
			refuse(w, plain, http.StatusBadRequest, "invalid_argument", "picture-corrupt", "Send it again, whole.", 0)
		})), []string{failed}},
		{"busy", "busy", "by itself in", with(times(forEver, busy)), []string{failed}},
		{"busy-then-answer", "answer", "Five songs", with(times(1, busy)), []string{failed}},
		{"gone", "gone", "does not answer", with(times(forEver, hangUp)), []string{failed}},
		{"gone-behind-a-proxy", "gone", "does not answer", with(times(1, func(w http.ResponseWriter, _ bool) {
			http.Error(w, "<h1>502</h1>", http.StatusBadGateway)
		})), []string{failed}},
		{"gone-later", "gone", "Five songs", later(hangUp), []string{failed}},
		{"wish-refused", "answer", "That wish cannot be met", later(func(w http.ResponseWriter, plain bool) {
			refuse(w, plain, http.StatusBadRequest, "invalid_argument", "invalid", "Take a word away.", 0)
		}), []string{failed}},
		{"nothing", "nothing", "Without", func(s *canned, p *tab) {
			p.example("beach", "answer")
			evaluate[bool](p, `(location.hash = "#from=2030&playable=yes", true)`)
			p.until(`document.querySelector('[data-kind="nothing"]')`)
		}, nil},
		{"care", "answer", "carry something heavy", func(s *canned, p *tab) {
			s.change(func(s *canned) { s.valence = -.7 })
			example(s, p)
		}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s, p := start(t, look{}, "")
			tc.prepare(s, p)
			p.state(tc.state)
			if tc.says != "" {
				p.until(fmt.Sprintf(`document.body.innerText.includes(%q)`, tc.says))
			}
			p.wellFormed(tc.name, tc.expected...)
		})
	}
}

func TestOffline(t *testing.T) {
	s, p := start(t, look{}, "")
	p.example("beach", "answer")
	p.offline(true)
	s.change(func(s *canned) { s.trouble = times(1<<30, hangUp) })
	p.set("dial-era", 1)
	p.state("offline")
	p.wellFormed("offline", failed)
	s.change(func(s *canned) { s.trouble = nil })
	p.offline(false)
	p.state("answer") // by itself
	p.wellFormed("offline-over", failed)
}

func TestLooks(t *testing.T) {
	for _, l := range []look{
		{width: 320, height: 640}, {width: 360, height: 740}, {width: 360, height: 740, dark: true}, {width: 768, height: 1024}, {width: 768, height: 1024, dark: true},
		{width: 720, height: 450}, {width: 1440, height: 900, dark: true}, {width: 1440, height: 900, still: true},
	} {
		name := fmt.Sprintf("look-%d-dark=%v-still=%v", l.width, l.dark, l.still)
		t.Run(name, func(t *testing.T) {
			_, p := start(t, l, "")
			p.wellFormed(name + "-empty")
			p.example("city", "answer")
			p.wellFormed(name)
			p.click(".pick .more")
			p.click("#filters-toggle")
			p.wellFormed(name + "-open")
			p.set("dial-contrast", 1)
			p.state("answer")
			if l.still {
				require.Zero(t, evaluate[int](p, `document.getAnimations().filter((a) => a.effect.getComputedTiming().duration > 1).length`))
			}
		})
	}
}

func TestSteering(t *testing.T) {
	s, p := start(t, look{}, "")
	p.example("beach", "answer")
	before := p.titles()
	require.Len(t, before, 5)
	require.Equal(t, "Slow River", before[0])

	p.set("dial-contrast", 1)
	p.until(`document.querySelector("#picks .title").textContent === "Undertow"`)
	m, _ := s.last()
	require.Equal(t, 1.0, m["dials"].(object)["contrast"])
	require.NotContains(t, m, "image", "the picture is not sent again")
	require.NotEmpty(t, m["state"])

	// A mood on the pad takes the place of the contrast dial: they are the same wish.
	p.click(".corner.joyful")
	p.until(`document.querySelector("#picks .title").textContent === "Bright Morning"`)
	m, _ = s.last()
	require.Equal(t, object{"valence": .6, "arousal": .6}, m["target"])
	require.Zero(t, m["dials"].(object)["contrast"])
	require.Equal(t, "0", evaluate[string](p, `document.getElementById("dial-contrast").value`))

	p.click(`[data-testid="chip"][data-word="beach"]`)
	p.until(`document.querySelector("#popover:popover-open")?.innerText.includes("seashore 0.71")`)
	p.wellFormed("evidence")
	evaluate[bool](p, `(document.querySelector('#popover input[value="out"]').click(), true)`)
	p.until(`document.querySelector('[data-word="beach"]').dataset.choice === "out"`)
	m = s.asked(p, func(m object) bool { return m["exclude"] != nil })
	require.Equal(t, []any{"beach"}, m["exclude"])

	p.do(chromedp.SendKeys(chromedp.CSS("#word"), "guitar\r"))
	p.until(`document.querySelector('[data-testid="own-word"]')`)
	m = s.asked(p, func(m object) bool { return m["include"] != nil })
	require.Equal(t, []any{"guitar"}, m["include"])

	p.click("#reset")
	p.until(`document.querySelector("#picks .title").textContent === "Slow River"`)
	require.Equal(t, before, p.titles())
	require.Equal(t, 1, s.uploads)
	p.wellFormed("steered")
}

func TestWithoutAPart(t *testing.T) {
	s, p := start(t, look{}, "")
	p.example("beach", "answer")
	before := p.titles()
	_, asked := s.last()
	p.click(".pick .more")
	p.click(".pick .leave") // mood: what is left rises with the rank, so the order turns round
	p.until(`document.querySelector("#steered .chip")`)
	after := p.titles()
	require.Equal(t, before[0], after[len(after)-1])
	_, again := s.last()
	require.Equal(t, asked, again, "the order is computed from the answer")
	p.wellFormed("without")
	p.click("#steered .chip")
	require.Equal(t, before, p.titles())
}

func TestFiltersLiveInTheAddress(t *testing.T) {
	s, p := start(t, look{}, "#from=1970&to=2005&playable=yes&junk=<b>")
	p.example("beach", "answer")
	require.Equal(t, "#from=1970&to=2005&playable=yes", evaluate[string](p, `location.hash`))
	require.Equal(t, "playable=true&year_from=1970&year_to=2005", s.query, "the upload carries them")
	require.ElementsMatch(t, []string{"Slow River", "Holiday", "Grey Window"}, p.titles())
	p.click("#filters-toggle")
	p.click(`#filters .actions button`)
	p.until(`location.hash === "" && document.querySelectorAll("#picks .pick").length === 5`)

	p.click("#filters-toggle")
	evaluate[bool](p, `(location.hash = "#language=fr&genre=jazz&explicit=no&offline=yes", true)`)
	m := s.asked(p, func(m object) bool { return m["filter"].(object)["offlineOnly"] == true })
	require.Equal(t, []any{"fr"}, m["filter"].(object)["languages"])
	require.Equal(t, []any{"jazz"}, m["filter"].(object)["genres"])
	require.Equal(t, true, m["filter"].(object)["excludeExplicit"])
}

func TestPlaying(t *testing.T) {
	s, p := start(t, look{}, "")
	p.example("beach", "answer")
	require.True(t, evaluate[bool](p, `document.getElementById("player").paused && !document.getElementById("player").src`), "nothing plays by itself")

	p.click(`[data-id="b"] .play`)
	p.until(`document.body.hasAttribute("data-playing") && document.getElementById("player").currentTime > 0`)
	require.Equal(t, "https://example.org/song", evaluate[string](p, `document.querySelector('[data-testid="provider-link"]').href`))
	require.Equal(t, "noopener noreferrer", evaluate[string](p, `document.querySelector('[data-testid="provider-link"]').rel`))
	p.wellFormed("playing")
	p.until(`!document.body.hasAttribute("data-playing")`) // two seconds later it is over, and nothing follows by itself
	require.Equal(t, "paused", evaluate[string](p, `document.querySelector('[data-id="b"]').dataset.playing`))

	p.set("dial-contrast", .9)
	p.until(`document.querySelector('[data-id="c"]')`)
	p.click(`[data-id="c"] .play`)
	p.until(`document.querySelector('[data-id="c"] .trouble')?.innerText.includes("Nobody has a preview")`)
	p.wellFormed("unavailable")
	p.click(`[data-testid="instead"]`)
	p.until(`document.body.hasAttribute("data-playing")`)

	s.change(func(s *canned) {
		s.trouble = times(1, func(w http.ResponseWriter, plain bool) {
			refuse(w, plain, http.StatusNotFound, "not_found", "no-preview", "Try another song.", 0)
		})
	})
	p.click(`[data-id="d"] .play`)
	p.until(`document.querySelector('[data-id="d"] .trouble')?.innerText.includes("Try another song.")`)
	p.wellFormed("no-preview", failed)
}

func TestCare(t *testing.T) {
	s, p := start(t, look{}, "")
	s.change(func(s *canned) { s.valence = -.7 })
	p.example("city", "answer")
	require.True(t, evaluate[bool](p, `document.body.hasAttribute("data-care") && document.getElementById("player").paused`))
	evaluate[bool](p, `(document.querySelector('#care input[value="console"]').click(), true)`)
	p.until(`document.querySelector("#picks .title").textContent === "Slow River"`)
	m, _ := s.last()
	require.Greater(t, m["target"].(object)["valence"], .3)
	require.Less(t, m["target"].(object)["arousal"], -.3)
	evaluate[bool](p, `(document.querySelector('#care input[value="silence"]').click(), true)`)
	p.until(`document.getElementById("picks").hidden`)
	p.wellFormed("silence")
	evaluate[bool](p, `(document.querySelector('#care input[value="stay"]').click(), true)`)
	p.until(`!document.getElementById("picks").hidden && document.querySelector("#picks .title").textContent === "Grey Window"`)
}

// What an answer doubts is said in words, in places that are there before it comes; without doubts nothing is said.
func TestDoubts(t *testing.T) {
	const held = `document.getElementById("held").innerText`
	for _, l := range []look{{}, {width: 360, height: 740}} {
		t.Run(fmt.Sprint(l.width), func(t *testing.T) {
			s, p := start(t, l, "")
			p.example("beach", "answer")
			p.settle()
			const seen = `document.getElementById("work").innerText`
			require.Empty(t, evaluate[string](p, held))
			require.NotContains(t, evaluate[string](p, seen), "disagree")
			require.NotContains(t, evaluate[string](p, seen), "perhaps")
			calm := evaluate[float64](p, `document.getElementById("steer").offsetTop`)

			s.change(func(s *canned) { s.doubts = true })
			p.set("dial-era", 1)
			p.until(held + `.startsWith("Songs with a valence above .29 are held back")`)
			p.state("answer")
			require.InDelta(t, calm, evaluate[float64](p, `document.getElementById("steer").offsetTop`), 1, "room was kept for it")
			p.wellFormed(fmt.Sprintf("held-%d", l.width))

			p.do(chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{write(t, "other.png", picture(t, 60, 40))}))
			p.until(`document.getElementById("pad-word").textContent === "Feels serene; the taggers disagree"`)
			p.state("answer")
			p.click("#mood-why")
			p.until(`document.getElementById("popover").innerText.includes("The taggers disagree about the mood")`)
			p.wellFormed(fmt.Sprintf("doubts-%d", l.width))
			p.click(`[data-kind="time"]`)
			p.until(`document.getElementById("popover").innerText.includes("perhaps 1920s–1930s")`)
			require.Regexp(t, `1920s 30.%\s+1930s 50.%`, evaluate[string](p, `document.getElementById("popover").innerText`))
			require.NotContains(t, evaluate[string](p, `document.getElementById("popover").innerText`), "1960")
			p.wellFormed(fmt.Sprintf("decades-%d", l.width))
		})
	}
}

// Titles, names and evidence come from catalogues, models and pictures: all of them are as hostile as they can be.
func TestHostileAnswers(t *testing.T) {
	s, p := start(t, look{width: 360, height: 740}, "")
	s.change(func(s *canned) { s.hostile = true })
	p.example("beach", "answer")
	p.click(".pick .more")
	p.wellFormed("hostile")
	require.Equal(t, attack, p.titles()[0])
	require.Zero(t, evaluate[int](p, `document.querySelectorAll("#work script, #work img:not(#picture), #work iframe, [onerror], a[href^='javascript' i]").length`))
	require.Equal(t, "بحبك يا لبنان", p.titles()[2], "marks that turn the direction are taken out")
	require.Equal(t, "rtl", evaluate[string](p, `(() => { const t = document.querySelectorAll("#picks .title")[2]; return t.matches(":dir(rtl)") ? "rtl" : "ltr"; })()`))
	require.Equal(t, 2, evaluate[int](p, `document.querySelectorAll(".swatch").length`), "a colour that is none is left out")
	require.False(t, evaluate[bool](p, `document.body.innerText.includes("undefined")`))
	p.click(`[data-id="b"] .play`)
	p.until(`document.body.hasAttribute("data-playing")`)
	require.Zero(t, evaluate[int](p, `document.querySelectorAll("[data-testid=provider-link]").length`), "no link but https")
}

// The whole way without a mouse.
func TestKeyboardOnly(t *testing.T) {
	s, p := start(t, look{}, "")
	p.tabTo("#file")
	p.tabTo(`[data-scene="beach"]`)
	p.keys("\r")
	p.state("answer")
	p.settle()
	require.Equal(t, "songs-heading", evaluate[string](p, `document.activeElement.id`), "the focus goes where the songs are")

	p.keys(" ")
	p.until(`document.body.hasAttribute("data-playing")`)
	first := evaluate[string](p, `document.querySelector('.pick[data-playing="playing"]').dataset.id`)
	p.keys("n")
	p.until(fmt.Sprintf(`document.body.hasAttribute("data-playing") && document.querySelector('.pick[data-playing="playing"]').dataset.id !== %q`, first))
	p.keys(" ")
	p.until(`!document.body.hasAttribute("data-playing")`)

	p.tabTo(".pick .more")
	p.keys("\r")
	p.until(`!document.querySelector(".pick .why").hidden`)
	p.tabTo(".handle")
	p.keys(kb.ArrowLeft + kb.ArrowLeft + kb.ArrowUp)
	p.until(`document.querySelector("#steered .chip")`)
	m := s.asked(p, func(m object) bool {
		target, _ := m["target"].(object)
		return number(target["arousal"]) > -.25
	})
	require.InDelta(t, .3, m["target"].(object)["valence"], 1e-9)
	require.InDelta(t, -.2, m["target"].(object)["arousal"], 1e-9)
	require.Contains(t, evaluate[string](p, `document.getElementById("handle").getAttribute("aria-valuetext")`), "pleasant .30, stirring −.20")
	p.keys(kb.Home)
	p.until(`!document.querySelector("#steered .chip")`)

	p.tabTo("#dial-atmosphere")
	p.keys(kb.ArrowRight)
	require.Contains(t, evaluate[string](p, `document.getElementById("dial-atmosphere").getAttribute("aria-valuetext")`), "towards atmospheric")
	p.tabTo(`.chip[data-word="beach"]`)
	p.keys("\r")
	p.until(`document.querySelector("#popover:popover-open") && document.activeElement.closest("#popover")`)
	p.keys(kb.ArrowRight)
	p.until(`document.querySelector('[data-word="beach"]').dataset.choice === "more"`)
	p.keys(kb.Escape)
	p.until(`!document.querySelector("#popover:popover-open") && document.activeElement.dataset.word === "beach"`)
	p.state("answer")
	p.wellFormed("keyboard")
	p.until(`document.getElementById("live").textContent.includes("songs")`) // said once the new answer is there
}

// An answer to an older question must not replace that to a newer one.
func TestStaleAnswersAreDropped(t *testing.T) {
	s, p := start(t, look{}, "")
	p.example("beach", "answer")
	held := make(chan struct{})
	s.change(func(s *canned) {
		s.trouble = times(1, func(http.ResponseWriter, bool) {
			s.mu.Unlock() // the first question waits while the second is answered
			<-held
			s.mu.Lock()
		})
	})
	p.set("dial-contrast", 1)
	p.until(`document.body.dataset.state === "reranking"`)
	for _, asked := s.last(); asked == 0; _, asked = s.last() { // it has arrived
		evaluate[bool](p, `new Promise((done) => setTimeout(() => done(true), 16))`)
	}
	p.set("dial-contrast", 0.1)
	p.state("answer")
	second := p.titles()
	close(held)
	p.set("dial-surprise", 0.5)
	s.asked(p, func(m object) bool { return m["dials"].(object)["surprise"] == 0.5 })
	p.state("answer")
	require.Equal(t, second, p.titles())
}

// Every pair of colours that the page derives from a picture is measured: 4.5:1 for text, 3:1 for what is seen.
func TestThemeKeepsItsContrast(t *testing.T) {
	_, p := start(t, look{}, "")
	worst := evaluate[[]float64](p, `(async () => {
		const { makeTheme } = await import(document.querySelector('link[href*="/theme."]').href);
		const channel = (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
		const luminance = (hex) => [0.2126, 0.7152, 0.0722].reduce((sum, k, i) => sum + k * channel(parseInt(hex.slice(1 + 2 * i, 3 + 2 * i), 16) / 255), 0);
		const ratio = (a, b) => { const [x, y] = [luminance(a), luminance(b)].sort((m, n) => n - m); return (x + 0.05) / (y + 0.05); };
		let seed = 1;
		const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
		const hex = () => "#" + Math.floor(random() * 0x1000000).toString(16).padStart(6, "0");
		const palettes = ["#000000", "#ffffff", "#808080", "#ff0000", "#00ff00", "#0000ff", "#ffff00", "#00ffff", "#ff00ff"].map((h) => [{ hex: h, share: 1 }]);
		for (let i = 0; i < 1500; i++) palettes.push(Array.from({ length: 1 + i % 6 }, () => ({ hex: hex(), share: random() })));
		let [text, seen] = [99, 99];
		for (const palette of palettes) for (const quiet of [false, true]) for (const t of Object.values(makeTheme(palette, quiet))) {
			text = Math.min(text, ratio(t["on-accent"], t.accent));
			for (const ground of [t.surface, t.raised, t.sunken]) {
				text = Math.min(text, ...["ink", "muted", "accent"].map((k) => ratio(t[k], ground)));
				seen = Math.min(seen, ...["edge", "part-0", "part-1", "part-2", "part-3", "part-4", "part-5"].map((k) => ratio(t[k], ground)));
			}
		}
		return [text, seen];
	})()`)
	t.Logf("worst contrast: text %.2f, seen %.2f", worst[0], worst[1])
	require.GreaterOrEqual(t, worst[0], 4.5)
	require.GreaterOrEqual(t, worst[1], 3.0)
}
