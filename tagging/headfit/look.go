package headfit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"runtime"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/soundtrack-go/sdk/vision"
)

// numbered is what the names of photographs of OASIS end in: those of one theme differ in it only.
var numbered = regexp.MustCompile(`_[0-9]+\.[a-z]+$`)

// TeacherError is the [Source.Error] of teacher.csv: its root mean square distance from the means of people's ratings, on
// the three quarters of OASIS' themes on which settings were chosen.
const TeacherError = 0.11

// ReadTeacher reads teacher.csv of package tagging: this project's own ratings on 1…7, in four passes. Photographs of OASIS
// are grouped by theme, so that none of a theme is in the fit when another is asked about. Photographs up to 1929 are left
// out: heads fitted with them did a little worse on the others.
func ReadTeacher(r io.Reader) ([]Rating, error) {
	ratings, _, err := ReadRatings(r, Scale{Low: 1, High: 7})
	if err != nil {
		return nil, err
	}
	var kept []Rating
	for _, rating := range ratings {
		if strings.HasPrefix(rating.Picture, "historic/") {
			continue
		}
		if name, oasis := strings.CutPrefix(rating.Picture, "oasis/images/"); oasis {
			rating.Group = strings.ReplaceAll(numbered.ReplaceAllString(name, ""), "_", " ")
		}
		kept = append(kept, rating)
	}
	return kept, nil
}

// Look has an encoder look at the rated pictures below a folder, as many at once as there are processors, and calls seen
// after each. The first picture that cannot be read ends it, with its name in the error.
func Look(ctx context.Context, encoder vision.Encoder, pictures fs.FS, ratings []Rating, seen func()) ([]Example, error) {
	observer, err := vision.NewObserver(vision.WithEncoder(encoder))
	if err != nil {
		return nil, err
	}
	examples := make([]Example, len(ratings))
	var mu sync.Mutex
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, rating := range ratings {
		group.Go(func() error {
			encoding, err := encode(ctx, observer, pictures, rating.Picture)
			if err != nil {
				return fmt.Errorf("%s: %w", rating.Picture, err)
			}
			examples[i] = Example{Rating: rating, Encoding: encoding}
			mu.Lock()
			defer mu.Unlock()
			seen()
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return examples, nil
}

func encode(ctx context.Context, observer *vision.Observer, pictures fs.FS, name string) (*vision.Encoding, error) {
	file, err := pictures.Open(name)
	if err != nil {
		var path *fs.PathError
		if errors.As(err, &path) {
			err = path.Err // the name is printed in front of it
		}
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
	return o.Encoding, nil
}
