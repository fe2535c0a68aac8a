package main

import (
	"io"
	"log/slog"
	"os"
	"sync"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"github.com/soundtrack-go/sdk/vision/modelhub"
)

// terminal returns w as a terminal, or nil: progress is for people who watch.
func terminal(w io.Writer) io.Writer {
	file, ok := w.(*os.File)
	if !ok {
		return nil
	}
	info, err := file.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return nil
	}
	return w
}

// downloadBar shows downloads, one bar a file, and nothing without a terminal.
type downloadBar struct {
	mu       sync.Mutex
	progress *mpb.Progress
	bars     map[string]*mpb.Bar
}

func newDownloadBar(w io.Writer) *downloadBar {
	b := &downloadBar{bars: map[string]*mpb.Bar{}}
	if tty := terminal(w); tty != nil {
		b.progress = mpb.New(mpb.WithOutput(tty), mpb.WithWidth(40))
	}
	return b
}

func (b *downloadBar) update(p modelhub.Progress) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.progress == nil {
		return
	}
	bar := b.bars[p.File]
	if bar == nil {
		bar = b.progress.AddBar(max(0, p.Total),
			mpb.PrependDecorators(decor.Name(p.File+" "), decor.CountersKibiByte("% .1f / % .1f")),
			mpb.AppendDecorators(decor.Percentage(), decor.Name(" "), decor.AverageETA(decor.ET_STYLE_GO)))
		b.bars[p.File] = bar
	}
	if p.Total > 0 {
		bar.SetTotal(p.Total, p.Done >= p.Total)
	}
	bar.SetCurrent(p.Done)
}

// close removes what is unfinished and waits until the bars are drawn.
func (b *downloadBar) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.progress == nil {
		return
	}
	for _, bar := range b.bars {
		bar.Abort(false)
	}
	b.progress.Wait()
	b.progress = nil
}

// workBar shows how many of n pieces of work are done; nil without a terminal or for a single piece.
type workBar struct {
	progress *mpb.Progress
	bar      *mpb.Bar
}

func newWorkBar(w io.Writer, what string, n int) *workBar {
	tty := terminal(w)
	if tty == nil || n < 2 {
		return nil
	}
	p := mpb.New(mpb.WithOutput(tty), mpb.WithWidth(40))
	return &workBar{p, p.AddBar(int64(n),
		mpb.PrependDecorators(decor.Name(what+" "), decor.CountersNoUnit("%d / %d")),
		mpb.AppendDecorators(decor.AverageETA(decor.ET_STYLE_GO)))}
}

func (b *workBar) step() {
	if b != nil {
		b.bar.Increment()
	}
}

// set says that n pieces are done.
func (b *workBar) set(n int) {
	if b != nil {
		b.bar.SetCurrent(int64(n))
	}
}

func (b *workBar) close() {
	if b != nil {
		b.bar.Abort(false)
		b.progress.Wait()
	}
}

// notes are lines to w, of several at once, that go above a bar if one is drawn there.
type notes struct {
	w io.Writer

	mu  sync.Mutex
	bar *workBar
}

// above puts what follows above a bar, which may be nil.
func (n *notes) above(bar *workBar) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.bar = bar
}

// Write implements [io.Writer]; p are whole lines.
func (n *notes) Write(p []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.bar != nil {
		if done, err := n.bar.progress.Write(p); err == nil { // it fails when the bar is closed
			return done, nil
		}
	}
	return n.w.Write(p)
}

// logger notes warnings.
func (n *notes) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(n, &slog.HandlerOptions{
		Level: slog.LevelWarn,
		ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
			if len(groups) == 0 && a.Key == slog.TimeKey {
				return slog.Attr{} // whoever reads it is there
			}
			return a
		},
	}))
}

// promptBar shows how far a text tower is with the vocabulary; it is drawn when there is something to show.
type promptBar struct {
	out io.Writer
	bar *workBar
}

func (b *promptBar) update(done, total int) {
	if b.bar == nil {
		b.bar = newWorkBar(b.out, "texts, once for this model", total)
	}
	b.bar.set(done)
}

func (b *promptBar) close() { b.bar.close() }
