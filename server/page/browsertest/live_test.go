package browsertest_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// answers counts what was re-ranked so far.
const answers = `performance.getEntriesByType("resource").filter((e) => e.name.endsWith("/Recommend")).length`

// TestLive uses a running server: a picture goes in, songs come out, dials turn. What is recommended is not judged here.
func TestLive(t *testing.T) {
	browser := chrome(t, "SOUNDTRACK_PAGE_URL")
	address := strings.TrimSuffix(os.Getenv("SOUNDTRACK_PAGE_URL"), "/") + "/"
	photo := os.Getenv("SOUNDTRACK_PAGE_PHOTO")
	for _, l := range []look{{width: 1440, height: 900}, {width: 1440, height: 900, dark: true}, {width: 768, height: 1024}, {width: 360, height: 740}} {
		name := "live"
		if l.dark {
			name += "-dark"
		}
		t.Run(name, func(t *testing.T) {
			p := open(t, browser, address, l)
			p.wellFormed(name + "-empty")
			if photo != "" {
				p.do(chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{photo}))
			} else {
				p.click(`[data-scene="beach"]`)
			}
			p.until(`["answer", "refused", "gone", "busy", "nothing"].includes(document.body.dataset.state)`)
			require.Equal(t, "answer", evaluate[string](p, `document.body.dataset.state`), evaluate[string](p, `document.body.innerText`))
			require.NotEmpty(t, p.titles())
			require.NotEmpty(t, evaluate[string](p, `document.getElementById("understood").innerText`), "the encoder is named")
			require.True(t, evaluate[bool](p, `document.getElementById("player").paused`), "nothing plays by itself")
			p.wellFormed(name + "-answer")

			// What the page calls a score is the sum of its parts.
			p.click(".pick .more")
			require.Less(t, evaluate[float64](p, `(() => {
				const cells = [...document.querySelectorAll(".why:not([hidden]) tbody td:nth-of-type(3)")].map((c) => Number(c.textContent));
				const sum = cells.reduce((a, b) => a + b, 0);
				return Math.abs(sum - Number(document.querySelector(".why:not([hidden]) tfoot td:nth-of-type(3)").textContent));
			})()`), .5)

			for _, dial := range []string{"dial-contrast", "dial-atmosphere", "dial-era", "dial-surprise"} {
				before := evaluate[int](p, answers)
				p.set(dial, 1)
				p.until(fmt.Sprintf(`(%s) > %d`, answers, before))
				p.state("answer")
			}
			p.click("#reset")
			p.state("answer")
			p.click(".corner.serene")
			p.until(`document.querySelector("#steered .chip")`)
			p.state("answer")
			p.wellFormed(name + "-steered")
		})
	}
}
