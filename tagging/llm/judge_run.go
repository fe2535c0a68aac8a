package llm

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"
)

// Progress is how far a run is. The counts add up to what was asked for, repeats left out.
type Progress struct {
	Judged  int // by this run, songs that the model does not know included
	Before  int // by an earlier run
	Failed  int // refused or garbled by the model, even alone
	Waiting int
	Cost    Cost // estimated for the whole run before its first call
	// Note says, for people, what a run meets: a pause, calls that take too long, another model than before. Mostly empty.
	Note string
}

// Run judges songs and appends a line of JSON for each to the file at path, which is made if it is not there. Songs that
// the file already has, from the same prompt, service and model, are skipped, so that a run that was stopped goes on where
// it was: a batch is written as soon as it is judged, and half a line at the end, from a crash, is removed.
//
// Services move the models behind their names, and some answer to any name. What the file has is not judged again for that,
// since it was paid for, but each judgement says which model answered, and a Note that there are several.
//
// progress may be nil. It is called before the first call, with the cost, after each batch, and with each Note.
//
// A run has time. Where the service asks for a pause of up to ten minutes, or is in trouble, it waits and goes on, and gives
// up only after four pauses without a judgement in between. After a call without an answer in time it puts half as many
// songs into each.
//
// Songs that the model cannot judge are counted as failed and tried again by the next run. Any other failure ends the run:
// errors are [*Error]s, ctx's own, or of the file. One that matches [ErrSong], or [ErrBudget] by [WithMaxCost], comes before
// any call is made.
func (j *Judge) Run(ctx context.Context, path string, songs []Song, progress func(Progress)) (Progress, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // the caller's own path is the point
	if err != nil {
		return Progress{}, fmt.Errorf("llm: judgements: %w", err)
	}
	r := run{judge: j, file: f, progress: progress, size: j.config.batch}
	err = r.all(ctx, songs)
	if closeErr := f.Close(); err == nil && closeErr != nil {
		err = fmt.Errorf("llm: judgements: %w", closeErr)
	}
	return r.state, err
}

// run is a [Judge.Run] under way.
type run struct {
	judge    *Judge
	file     *os.File
	progress func(Progress)
	state    Progress
	size     int            // songs in a call
	pauses   int            // since the last judgement
	earlier  map[string]int // judgements by an earlier run, by the model that answered; nil once it is compared
}

func (r *run) tell(note string) {
	if r.progress != nil {
		p := r.state
		p.Note = note
		r.progress(p)
	}
}

func (r *run) all(ctx context.Context, songs []Song) error {
	j := r.judge
	done, err := resume(r.file)
	if err != nil {
		return err
	}
	all, err := j.prepare(songs)
	if err != nil {
		return err
	}
	r.earlier = map[string]int{}
	waiting := slices.DeleteFunc(slices.Clone(all), func(s Song) bool {
		served, ok := done[songKey(j.prompt, s)]
		if ok {
			r.earlier[served]++
		}
		return ok
	})
	r.state = Progress{Before: len(all) - len(waiting), Waiting: len(waiting), Cost: j.cost(waiting)}
	if limit, cost := j.config.maxCost, r.state.Cost.Money; limit > 0 && cost > limit {
		return j.client.failf(ErrBudget, "raise WithMaxCost or judge fewer songs",
			"the run would cost about %.2f, more than %.2f", cost, limit)
	}
	r.tell("")
	missed, err := r.round(ctx, waiting)
	if err == nil && len(missed) > 0 {
		missed, err = r.round(ctx, missed) // a model that skips a song seldom does so twice
	}
	if err != nil {
		return fmt.Errorf("after %d of %d songs (run again to go on): %w", r.state.Judged+r.state.Before, len(all), err)
	}
	r.state.Failed, r.state.Waiting = len(missed), 0
	r.tell("")
	return nil
}

// round judges songs in batches, writes what comes and returns those without a judgement.
func (r *run) round(ctx context.Context, songs []Song) ([]Song, error) {
	var missed []Song
	for len(songs) > 0 {
		batch := songs[:min(r.size, len(songs))]
		judged, err := r.judge.batch(ctx, batch)
		if writeErr := appendLines(r.file, judged); writeErr != nil {
			return missed, writeErr
		}
		r.state.Judged += len(judged)
		r.state.Waiting -= len(judged)
		if len(judged) > 0 {
			r.pauses = 0
			r.compare(judged[0].Served)
		}
		left, rest := r.judge.unjudged(batch, judged), songs[len(batch):]
		if err == nil {
			missed, songs = append(missed, left...), rest
			r.tell("")
			continue
		}
		if err := r.overcome(ctx, err, len(batch)); err != nil {
			return missed, err
		}
		songs = slices.Concat(left, rest)
	}
	return missed, nil
}

// compare notes, once, if what the file has is of other models than the one that answers now.
func (r *run) compare(served string) {
	for model, n := range r.earlier {
		if model != "" && served != "" && model != served {
			r.tell(fmt.Sprintf("%s answers, %d songs were judged by %s; another file gets all songs judged by one", served, n, model))
		}
	}
	r.earlier = nil
}

const (
	firstPause = 15 * time.Second // after a failure that does not say how long; doubled while that goes on
	maxPauses  = 4
)

// overcome does what helps after a failed call about n songs: it waits, or makes batches smaller. It returns the error if
// neither can help.
func (r *run) overcome(ctx context.Context, err error, n int) error {
	e := new(Error)
	if !errors.As(err, &e) {
		return err
	}
	if e.late && n > 1 {
		r.size = n / 2
		r.tell(fmt.Sprintf("%s; %d songs a call from here on", e.Reason, r.size))
		return nil
	}
	pause := e.RetryAfter
	if pause == 0 && e.retry {
		pause = firstPause << r.pauses
	}
	if pause == 0 || pause > maxHold || r.pauses == maxPauses {
		return err
	}
	r.pauses++
	r.tell(fmt.Sprintf("%s; goes on in %s", e.Reason, pause.Round(time.Second)))
	return sleep(ctx, pause)
}

// unjudged returns the songs that have none of the judgements.
func (j *Judge) unjudged(songs []Song, judged []Judgement) []Song {
	return slices.DeleteFunc(slices.Clone(songs), func(s Song) bool {
		key := songKey(j.prompt, s)
		return slices.ContainsFunc(judged, func(g Judgement) bool { return g.Key == key })
	})
}

// resume reads what an earlier run wrote, cuts off half a line and leaves f at its end. It returns which model answered, by
// key. A file with anything else in it is refused: it is somebody else's.
func resume(f *os.File) (map[string]string, error) {
	content, err := io.ReadAll(f)
	if err != nil {
		return nil, fmt.Errorf("llm: judgements: %w", err)
	}
	whole := content[:bytes.LastIndexByte(content, '\n')+1]
	earlier, err := ReadJudgements(bytes.NewReader(whole))
	if err != nil {
		return nil, err
	}
	if len(whole) < len(content) {
		half := string(content[len(whole):])
		if !strings.HasPrefix(half, lineStart) && !strings.HasPrefix(lineStart, half) {
			return nil, errors.New("llm: judgements: the file ends in something that is no judgement")
		}
		if err := f.Truncate(int64(len(whole))); err != nil {
			return nil, fmt.Errorf("llm: judgements: %w", err)
		}
	}
	if _, err := f.Seek(int64(len(whole)), io.SeekStart); err != nil {
		return nil, fmt.Errorf("llm: judgements: %w", err)
	}
	done := make(map[string]string, len(earlier))
	for _, e := range earlier {
		done[e.Key] = e.Served
	}
	return done, nil
}

// appendLines writes judgements with one call, so that a crash leaves at most one line in half.
func appendLines(f *os.File, judged []Judgement) error {
	var lines bytes.Buffer
	encoder := json.NewEncoder(&lines)
	for _, g := range judged {
		if err := encoder.Encode(g); err != nil {
			return fmt.Errorf("llm: judgements: %w", err)
		}
	}
	if _, err := f.Write(lines.Bytes()); err != nil {
		return fmt.Errorf("llm: judgements: %w", err)
	}
	return nil
}

const (
	maxLine   = 16 << 10
	lineStart = `{"prompt":"`
)

// ReadJudgements reads the file of [Judge.Run]: one judgement a line, checked. Errors name the line.
func ReadJudgements(r io.Reader) ([]Judgement, error) {
	scanner := bufio.NewScanner(r)
	scanner.Buffer(nil, maxLine)
	var all []Judgement
	for line := 1; scanner.Scan(); line++ {
		var g Judgement
		decoder := json.NewDecoder(bytes.NewReader(scanner.Bytes()))
		decoder.DisallowUnknownFields()
		err := decoder.Decode(&g)
		if err == nil {
			err = g.validate()
		}
		if err != nil {
			return nil, fmt.Errorf("llm: judgements: line %d: %w", line, err)
		}
		all = append(all, g)
	}
	if err := scanner.Err(); err != nil {
		return nil, fmt.Errorf("llm: judgements: line %d: %w", len(all)+1, err)
	}
	return all, nil
}
