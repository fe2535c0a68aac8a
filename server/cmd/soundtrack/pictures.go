package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"

	"github.com/soundtrack-go/sdk/match"
	"github.com/soundtrack-go/sdk/server"
	"github.com/soundtrack-go/sdk/soundtrack"
)

// dialFlags are the dials of a ranking.
type dialFlags struct {
	Contrast   float64  `help:"0 songs that match the mood … 1 songs of the opposite mood." default:"0"`
	Atmosphere float64  `help:"-1 literal: imagery decides … 1 atmospheric: mood decides." default:"0"`
	Era        float64  `help:"-1 songs of long ago … 1 songs of today." default:"0"`
	Surprise   float64  `help:"-1 the closest songs … 1 songs that differ from each other." default:"0"`
	Include    []string `help:"Word that the songs shall be about; may be repeated." placeholder:"WORD"`
	Exclude    []string `help:"Word that they shall not be about; may be repeated." placeholder:"WORD"`
	Care       string   `help:"How to treat a sad or violent picture: usual, strict or off." enum:"usual,strict,off" default:"usual"`
}

// filterFlags say which songs may be picked.
type filterFlags struct {
	Language   []string `help:"ISO 639 code; may be repeated. zxx: instrumentals." placeholder:"CODE"`
	Genre      []string `help:"Genre; may be repeated." placeholder:"NAME"`
	YearFrom   int      `help:"First year."`
	YearTo     int      `help:"Last year."`
	NoExplicit bool     `help:"Leave out songs with explicit words."`
	Playable   bool     `help:"Only songs that can be played without looking them up."`
}

type recommendCmd struct {
	Pictures []string `arg:"" help:"Pictures: JPEG, PNG, WebP or GIF. - reads standard input." placeholder:"PICTURE"`
	Count    int      `help:"Songs for each picture, 1 to 100." default:"5"`
	JSON     bool     `help:"Print one JSON object a line, as the API answers."`

	Dials   dialFlags   `embed:""`
	Filter  filterFlags `embed:""`
	Library songFlags   `embed:""`

	lookFlags `embed:""`
}

// Run implements the command.
func (c *recommendCmd) Run(ctx context.Context, io streams) error {
	request := soundtrack.Request{
		Count:   c.Count,
		Dials:   match.Dials{Contrast: c.Dials.Contrast, Atmosphere: c.Dials.Atmosphere, Era: c.Dials.Era, Surprise: c.Dials.Surprise},
		Include: c.Dials.Include, Exclude: c.Dials.Exclude,
	}
	if c.Dials.Care != "usual" {
		request.Care = match.CareMode(c.Dials.Care)
	}
	request.Filter.Languages, request.Filter.Genres = c.Filter.Language, c.Filter.Genre
	request.Filter.YearFrom, request.Filter.YearTo = c.Filter.YearFrom, c.Filter.YearTo
	request.Filter.ExcludeExplicit, request.Filter.PlayableOnly = c.Filter.NoExplicit, c.Filter.Playable
	show := showRecommendation
	if c.JSON {
		show = jsonRecommendation
	}
	return lookAt(ctx, io, c.lookFlags, c.Library, c.Pictures, c.JSON, func(r *soundtrack.Recommender, file *os.File) (*soundtrack.Recommendation, error) {
		one := request
		one.Image = file
		return r.Recommend(ctx, one)
	}, show)
}

type tagCmd struct {
	Pictures []string `arg:"" help:"Pictures: JPEG, PNG, WebP or GIF. - reads standard input." placeholder:"PICTURE"`
	JSON     bool     `help:"Print one JSON object a line: picture, encoder, and analysis or error."`

	lookFlags `embed:""`
}

// Run implements the command.
func (c *tagCmd) Run(ctx context.Context, io streams) error {
	show := showAnalysis
	if c.JSON {
		show = jsonAnalysis
	}
	return lookAt(ctx, io, c.lookFlags, songFlags{NoSeed: true}, c.Pictures, c.JSON, func(r *soundtrack.Recommender, file *os.File) (*soundtrack.Recommendation, error) {
		return r.Analyze(ctx, soundtrack.Request{Image: file})
	}, show)
}

// outcome is what became of one picture.
type outcome struct {
	name   string
	answer *soundtrack.Recommendation
	err    error
}

// lookAt runs look over the pictures, as many at once as there are processors, and shows the outcomes in order.
// A refused picture does not stop the others; it makes the command fail at the end.
func lookAt(
	ctx context.Context, io streams, flags lookFlags, songs songFlags, names []string, asJSON bool,
	look func(*soundtrack.Recommender, *os.File) (*soundtrack.Recommendation, error), show func(streams, outcome) error,
) error {
	heads, err := flags.Heads.options()
	if err != nil {
		return err
	}
	said := &notes{w: io.err}
	asked, err := flags.LLM.open(flags.Models.Offline, said.logger())
	if err != nil {
		return err
	}
	r, err := open(ctx, io, flags.Models, append(heads, asked.options()...), songs, quiet())
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	results := make([]chan outcome, len(names))
	for i := range results {
		results[i] = make(chan outcome, 1)
	}
	var workers sync.WaitGroup
	next := make(chan int)
	for range min(runtime.GOMAXPROCS(0), len(names)) {
		workers.Go(func() {
			for i := range next {
				answer, err := onePicture(names[i], func(f *os.File) (*soundtrack.Recommendation, error) { return look(r, f) })
				results[i] <- outcome{names[i], answer, err}
			}
		})
	}
	workers.Go(func() {
		defer close(next)
		for i := range names {
			select {
			case next <- i:
			case <-ctx.Done():
				return
			}
		}
	})
	defer workers.Wait()
	bar := newWorkBar(io.err, "pictures", len(names))
	defer bar.close()
	said.above(bar)
	failed := false
	for i := range names {
		select {
		case o := <-results[i]:
			bar.step()
			if o.err != nil {
				failed = true
				if !asJSON {
					fmt.Fprintf(said, "%s: %v\n", o.name, o.err)
					continue
				}
			}
			if err := show(io, o); err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if failed {
		return errReported
	}
	return nil
}

func onePicture(name string, look func(*os.File) (*soundtrack.Recommendation, error)) (*soundtrack.Recommendation, error) {
	if name == "-" {
		return look(os.Stdin)
	}
	file, err := os.Open(name) //nolint:gosec // the user names the file
	if err != nil {
		var path *os.PathError
		if errors.As(err, &path) {
			err = path.Err // the name is printed in front of it
		}
		return nil, err
	}
	defer file.Close()
	return look(file)
}

// line is one line of JSON output.
type line struct {
	Picture  string          `json:"picture"`
	Encoder  *encoderLine    `json:"encoder,omitempty"`
	Analysis json.RawMessage `json:"analysis,omitempty"`
	Error    *lineError      `json:"error,omitempty"`
}

// encoderLine is the JSON form of the encoder, as in the API's answers.
type encoderLine struct {
	ID      string `json:"id"`
	Backend string `json:"backend,omitempty"`
	Device  string `json:"device,omitempty"`
	Reason  string `json:"reason,omitempty"`
}

type lineError struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

func (l line) print(io streams) error {
	text, err := json.Marshal(l)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(io.out, "%s\n", text)
	return err
}

func failedLine(o outcome) line {
	return line{Picture: o.name, Error: &lineError{Code: server.ReasonOf(o.err), Message: o.err.Error()}}
}

func jsonAnalysis(io streams, o outcome) error {
	if o.err != nil {
		return failedLine(o).print(io)
	}
	analysis, err := server.AnalysisJSON(o.answer)
	if err != nil {
		return err
	}
	e := o.answer.Encoder
	encoder := &encoderLine{ID: e.ID, Backend: e.Backend, Device: e.Device, Reason: e.Reason}
	return line{Picture: o.name, Encoder: encoder, Analysis: analysis}.print(io)
}

func jsonRecommendation(io streams, o outcome) error {
	if o.err != nil {
		return failedLine(o).print(io)
	}
	text, err := server.RecommendationJSON(o.answer)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(io.out, "%s\n", text)
	return err
}
