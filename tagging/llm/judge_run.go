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
)

// Progress is how far a run is. The counts add up to what was asked for, repeats left out.
type Progress struct {
	Judged  int // by this run, songs that the model does not know included
	Before  int // by an earlier run
	Failed  int // refused or garbled by the model, even alone
	Waiting int
	Cost    Cost // estimated for the whole run before its first call
}

// Run judges songs and appends a line of JSON for each to the file at path, which is made if it is not there. Songs that
// the file already has, from the same prompt, service and model, are skipped, so that a run that was stopped goes on where
// it was: a batch is written as soon as it is judged, and half a line at the end, from a crash, is removed.
//
// progress may be nil. It is called before the first call, with the cost, and after each batch.
//
// Songs that the model cannot judge are counted as failed and tried again by the next run. Any other failure ends the run:
// errors are [*Error]s, ctx's own, or of the file. One that matches [ErrSong], or [ErrBudget] by [WithMaxCost], comes before
// any call is made.
func (j *Judge) Run(ctx context.Context, path string, songs []Song, progress func(Progress)) (Progress, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // the caller's own path is the point
	if err != nil {
		return Progress{}, fmt.Errorf("llm: judgements: %w", err)
	}
	p, err := j.run(ctx, f, songs, progress)
	if closeErr := f.Close(); err == nil && closeErr != nil {
		err = fmt.Errorf("llm: judgements: %w", closeErr)
	}
	return p, err
}

func (j *Judge) run(ctx context.Context, f *os.File, songs []Song, progress func(Progress)) (Progress, error) {
	done, err := resume(f)
	if err != nil {
		return Progress{}, err
	}
	all, err := j.prepare(songs)
	if err != nil {
		return Progress{}, err
	}
	waiting := slices.DeleteFunc(slices.Clone(all), func(s Song) bool { return done[songKey(j.prompt, s)] })
	p := Progress{Before: len(all) - len(waiting), Waiting: len(waiting), Cost: j.cost(waiting)}
	if limit := j.config.maxCost; limit > 0 && p.Cost.Money > limit {
		return p, j.client.failf(ErrBudget, "raise WithMaxCost or judge fewer songs",
			"the run would cost about %.2f, more than %.2f", p.Cost.Money, limit)
	}
	tell(progress, p)
	missed, err := j.round(ctx, f, waiting, &p, progress)
	if err == nil && len(missed) > 0 {
		missed, err = j.round(ctx, f, missed, &p, progress) // a model that skips a song seldom does so twice
	}
	if err != nil {
		return p, fmt.Errorf("after %d of %d songs (run again to go on): %w", p.Judged+p.Before, len(all), err)
	}
	p.Failed, p.Waiting = len(missed), 0
	tell(progress, p)
	return p, nil
}

// round judges songs in batches, writes what comes and returns those without a judgement.
func (j *Judge) round(ctx context.Context, f *os.File, songs []Song, p *Progress, progress func(Progress)) ([]Song, error) {
	var missed []Song
	for batch := range slices.Chunk(songs, j.config.batch) {
		judged, err := j.batch(ctx, batch)
		if writeErr := appendLines(f, judged); writeErr != nil {
			return missed, writeErr
		}
		p.Judged += len(judged)
		p.Waiting -= len(judged)
		if err != nil {
			return missed, err
		}
		for _, s := range batch {
			key := songKey(j.prompt, s)
			if !slices.ContainsFunc(judged, func(g Judgement) bool { return g.Key == key }) {
				missed = append(missed, s)
			}
		}
		tell(progress, *p)
	}
	return missed, nil
}

func tell(progress func(Progress), p Progress) {
	if progress != nil {
		progress(p)
	}
}

// resume reads what an earlier run wrote, cuts off half a line and leaves f at its end. A file with anything else in it is
// refused: it is somebody else's.
func resume(f *os.File) (map[string]bool, error) {
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
	done := make(map[string]bool, len(earlier))
	for _, e := range earlier {
		done[e.Key] = true
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
