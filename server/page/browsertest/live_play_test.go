package browsertest_test

import (
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// TestLivePlay does the main job against a running server: a picture goes in, five songs come out, one is played, and
// the sound moves on. Only songs that play without a network are asked for, so that pressing play has to work.
func TestLivePlay(t *testing.T) {
	browser := chrome(t, "SOUNDTRACK_PAGE_URL")
	address := strings.TrimSuffix(os.Getenv("SOUNDTRACK_PAGE_URL"), "/") + "/"
	p := open(t, browser, address+"#offline=yes", look{width: 390, height: 844})
	p.url = address
	if photo := os.Getenv("SOUNDTRACK_PAGE_PHOTO"); photo != "" {
		p.do(chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{photo}))
	} else {
		p.click(`[data-scene="beach"]`)
	}
	p.state("answer")
	require.Len(t, p.titles(), 5)
	p.click("#picks .pick .play")
	p.until(`document.getElementById("player").currentTime > 0.5`)
	p.wellFormed("live-playing")
	p.keys(" ")
	p.until(`document.getElementById("player").paused`)
}

// TestLiveExample takes the picture of the README: a drawn scene, since no photograph may be shown there.
func TestLiveExample(t *testing.T) {
	browser := chrome(t, "SOUNDTRACK_PAGE_URL")
	p := open(t, browser, strings.TrimSuffix(os.Getenv("SOUNDTRACK_PAGE_URL"), "/")+"/", look{width: 1280, height: 972})
	p.click(`[data-scene="beach"]`)
	p.state("answer")
	require.Len(t, p.titles(), 5)
	p.wellFormed("live-example")
}
