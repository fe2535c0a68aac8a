package evaluate

import (
	"context"
	"fmt"
	"image"
	"image/draw"
	"io/fs"
	"runtime"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/soundtrack-go/sdk/vision"
)

// seen is what is known of one picture. Pixels are not kept: a thousand pictures would not fit.
type seen struct {
	observation *vision.Observation
	grey        *vision.Encoding // of the picture turned grey; nil if not asked for
	dated       bool             // the file has a capture date
}

// looker looks at pictures, as many at once as there are processors.
type looker struct {
	data    fs.FS
	encoder vision.Encoder
	grey    bool   // look at grey twins, too
	step    func() // called after each picture
}

// look returns what is seen in pictures by their paths. The first that cannot be read ends it.
func (l *looker) look(ctx context.Context, pictures []string) (map[string]*seen, error) {
	observer, err := vision.NewObserver(vision.WithEncoder(l.encoder))
	if err != nil {
		return nil, err
	}
	found := make(map[string]*seen, len(pictures))
	var mu sync.Mutex
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for _, name := range pictures {
		group.Go(func() error {
			one, err := l.one(ctx, observer, name)
			if err != nil {
				return fmt.Errorf("evaluate: %s: %w", name, err)
			}
			mu.Lock()
			defer mu.Unlock()
			found[name] = one
			l.step()
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return found, nil
}

func (l *looker) one(ctx context.Context, observer *vision.Observer, name string) (*seen, error) {
	file, err := l.data.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	picture, err := vision.Decode(ctx, file)
	if err != nil {
		return nil, err
	}
	o, err := observer.Observe(ctx, picture)
	if err != nil {
		return nil, err
	}
	_, dated := picture.Captured()
	s := &seen{observation: &vision.Observation{Palette: o.Palette, Encoding: o.Encoding}, dated: dated}
	if !l.grey {
		return s, nil
	}
	twin, err := vision.FromImage(toGrey(picture.Image()))
	if err != nil {
		return nil, err
	}
	if o, err = observer.Observe(ctx, twin); err != nil {
		return nil, err
	}
	s.grey = o.Encoding
	return s, nil
}

func toGrey(img image.Image) image.Image {
	grey := image.NewGray(img.Bounds())
	draw.Draw(grey, grey.Bounds(), img, img.Bounds().Min, draw.Src)
	return grey
}
