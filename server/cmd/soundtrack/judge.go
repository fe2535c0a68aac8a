package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/tagging"
	"github.com/soundtrack-go/sdk/tagging/llm"
)

// catalogJudgeCmd asks a language model about songs.
type catalogJudgeCmd struct {
	File     string  `arg:"" type:"existingfile" help:"Songs file, CSV or JSONL; see 'catalog check --help'."`
	Out      string  `help:"File for the judgements, one JSON object a line. What it has already is not asked again: a run that was stopped goes on." type:"path" placeholder:"FILE"`
	Apply    string  `help:"Then write the songs file anew, under this name, with mode, loudness, tempo, lyric, valence and arousal where they were empty. Nothing is overwritten." type:"path" placeholder:"FILE"`
	Sure     float64 `help:"Least confidence of a judgement that is applied, 0 to 1." default:"0.5"`
	Source   string  `help:"Where the file's titles, artists and tags come from. What comes from spotify is not sent: Spotify's terms forbid it." default:"user"`
	Estimate bool    `help:"Only say what it would take. Needs no key and sends nothing."`
	Batch    int     `help:"Songs in a call, 1 to 50. More are cheaper; fewer keep songs from colouring each other." default:"20"`
	PriceIn  float64 `help:"Price of a million tokens sent, in any currency." placeholder:"X"`
	PriceOut float64 `help:"Price of a million tokens received." placeholder:"X"`
	MaxCost  float64 `help:"Do not start if the estimate is above this." placeholder:"X"`

	LLM     llmFlags      `embed:"" group:"llm"`
	Timeout time.Duration `name:"llm-timeout" help:"Time for a call, 1s to 10m. After one without an answer in time, half as many songs go into each." default:"5m" group:"llm"`
}

// Help implements kong's interface for the long help.
func (catalogJudgeCmd) Help() string {
	return `Examples:

  soundtrack catalog judge mine.csv --llm mistral --estimate --price-in 0.15 --price-out 0.6
  soundtrack catalog judge mine.csv --llm mistral --price-in 0.15 --price-out 0.6 --max-cost 1 \
      --out judged.jsonl --apply mine-judged.csv
  soundtrack catalog judge mine.csv --llm ollama --llm-model gemma3:12b --out judged.jsonl
  soundtrack recommend --songs mine-judged.csv --no-seed photo.jpg

What is sent: titles, artists, genres and tags. Never lyrics, files, years or anything else of the songs file.

The model says of each song how it sounds and what it says, then how it feels, each feeling with its confidence, or that it
does not know it. Prices are those of your service's price list. The estimate counts tokens by rule, on the dear side, and
leaves out what is asked twice. Where the service asks for a pause the run waits and goes on.

Applying a file again, under another name, costs nothing. Cells with something in them are never changed. The model's moods
come with their spread, which says how unsure it is, and with affect_source, which names it. Write into the folder of the songs
file if that names audio files by relative paths.`
}

// Run implements the command.
func (c *catalogJudgeCmd) Run(ctx context.Context, io streams) error {
	if err := c.check(); err != nil {
		return err
	}
	said := &notes{w: io.err}
	client, judge, err := c.judge(said.logger())
	if err != nil {
		return err
	}
	var table *songTable
	if c.Apply != "" { // before anything is paid for
		if table, err = readTable(c.File); err != nil {
			return fmt.Errorf("%s: %w; see: soundtrack catalog check %s", c.File, err, c.File)
		}
	}
	songs, err := c.songs(io, judge)
	if err != nil {
		return err
	}
	if c.Estimate {
		cost, err := judge.Estimate(songs)
		if err != nil {
			return &flagError{err}
		}
		fmt.Fprintf(io.out, "%s would be asked about %s\n", client, c.words(cost))
		return nil
	}
	if err := c.ask(ctx, io, said, client, judge, songs); err != nil {
		return err
	}
	if c.Apply == "" {
		return nil
	}
	return c.apply(io, client, table)
}

// check finds flags that do not go together.
func (c *catalogJudgeCmd) check() error {
	switch {
	case c.Out == "" && !c.Estimate:
		return &usageError{errors.New("name the file for the judgements with --out, or ask for the cost with --estimate")}
	case c.MaxCost < 0 || c.MaxCost > 0 && c.PriceIn+c.PriceOut == 0:
		return &usageError{errors.New("--max-cost: want more than 0, and the prices with --price-in and --price-out")}
	case c.Timeout < time.Second || c.Timeout > 10*time.Minute:
		return &usageError{fmt.Errorf("--llm-timeout %s: want 1s to 10m", c.Timeout)}
	case !(c.Sure >= 0 && c.Sure <= 1):
		return &usageError{fmt.Errorf("--sure %v: want 0 to 1", c.Sure)}
	case c.Apply == "":
		return nil
	}
	from, err := catalog.FormatOf(c.File)
	if err != nil {
		return err
	}
	if to, err := catalog.FormatOf(c.Apply); err != nil || to != from {
		return &usageError{fmt.Errorf("--apply %s: want a file of the same kind as %s", c.Apply, c.File)}
	}
	if _, err := os.Lstat(c.Apply); err == nil || c.Apply == c.Out {
		return &usageError{fmt.Errorf("--apply %s: want a new file: nothing is overwritten; choose another name, or remove it first", c.Apply)}
	}
	return nil
}

// judge makes the judge that the flags describe. An estimate needs no key.
func (c *catalogJudgeCmd) judge(logger *slog.Logger) (*llm.Client, *llm.Judge, error) {
	client, err := c.LLM.client(llm.WithTimeout(c.Timeout), llm.WithLogger(logger))
	if errors.Is(err, llm.ErrKey) && c.Estimate {
		client, err = c.LLM.keyless()
	}
	if err != nil {
		return nil, nil, err
	}
	opts := []llm.JudgeOption{llm.WithBatch(c.Batch), llm.WithPrice(c.PriceIn, c.PriceOut)}
	if c.MaxCost > 0 {
		opts = append(opts, llm.WithMaxCost(c.MaxCost))
	}
	judge, err := llm.NewJudge(client, opts...)
	if err != nil {
		return nil, nil, &usageError{&flagError{err}}
	}
	return client, judge, nil
}

// songs reads the songs that may be asked about, and says which may not.
func (c *catalogJudgeCmd) songs(io streams, judge *llm.Judge) ([]llm.Song, error) {
	source := catalog.Source(strings.ToLower(strings.TrimSpace(c.Source)))
	all, problems, err := readSongsOf(c.File, source)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.File, err)
	}
	for _, p := range problems {
		fmt.Fprintf(io.err, "%s:%d: skipped: %v\n", c.File, p.Line, p.Err)
	}
	var songs []llm.Song
	withheld := 0
	for _, s := range all {
		if !s.Sources[catalog.FieldIdentity].Trainable() {
			withheld++
			continue
		}
		told := llm.Song{Title: s.Title, Artist: s.Artist, Tags: songTags(s), Source: string(source)}
		if _, err := judge.Estimate([]llm.Song{told}); err != nil {
			if refused, ok := errors.AsType[*llm.Error](err); ok {
				err = fmt.Errorf("%s; %s", refused.Reason, refused.Next)
			}
			fmt.Fprintf(io.err, "%s: %s: skipped: %v\n", c.File, s, err)
			continue
		}
		songs = append(songs, told)
	}
	if withheld > 0 {
		fmt.Fprintf(io.err, "%s: %d songs are not sent: the terms of %s forbid it\n", c.File, withheld, source)
	}
	if len(songs) == 0 {
		return nil, fmt.Errorf("%s: no song is left to ask about", c.File)
	}
	return songs, nil
}

// maxSongTags is how many tags a song is sent with; package llm takes no more.
const maxSongTags = 20

// songTags are the song's tags and genres in words, the weightier ones first.
func songTags(s catalog.Song) []string {
	var words []string
	for _, w := range s.Concepts.Top(maxSongTags) {
		if concept, ok := tagging.DefaultVocabulary().Lookup(w.Concept); ok {
			words = append(words, concept.Name())
		}
	}
	words = append(words, s.Genres...)
	return words[:min(len(words), maxSongTags)]
}

// ask has the songs judged.
func (c *catalogJudgeCmd) ask(
	ctx context.Context, io streams, said *notes, client *llm.Client, judge *llm.Judge, songs []llm.Song,
) error {
	var bar *workBar
	told := false
	progress, err := judge.Run(ctx, c.Out, songs, func(p llm.Progress) {
		if !told { // before the first call
			told = true
			fmt.Fprintf(io.out, "%s is asked about %s; %d songs are in %s already\n", client, c.words(p.Cost), p.Before, c.Out)
			bar = newWorkBar(io.err, "songs", p.Waiting)
			said.above(bar)
		}
		bar.set(p.Judged)
		if p.Note != "" {
			fmt.Fprintf(said, "%s: %s\n", client.Service(), p.Note)
		}
	})
	bar.close()
	if errors.Is(err, llm.ErrBudget) && c.MaxCost > 0 && progress.Cost.Money > c.MaxCost {
		return &usageError{fmt.Errorf("that would cost about %.2f, more than --max-cost %.2f; raise it, or split the songs file", progress.Cost.Money, c.MaxCost)}
	}
	if err != nil {
		return &flagError{err}
	}
	used := client.Usage()
	fmt.Fprintf(io.out, "%d songs judged in %d calls, %d tokens sent, %d received%s\n",
		progress.Judged, used.Calls, used.PromptTokens, used.ReplyTokens, c.money(used.PromptTokens, used.ReplyTokens))
	if progress.Failed > 0 {
		fmt.Fprintf(io.err, "%d songs got no usable judgement; run again to ask once more\n", progress.Failed)
	}
	return nil
}

// words says what a cost is.
func (c *catalogJudgeCmd) words(cost llm.Cost) string {
	text := fmt.Sprintf("%d songs in %d calls, about %d tokens sent, %d received%s",
		cost.Songs, cost.Calls, cost.PromptTokens, cost.ReplyTokens, c.money(cost.PromptTokens, cost.ReplyTokens))
	if _, paid := c.LLM.preset(); paid && c.PriceIn+c.PriceOut == 0 {
		text += " (for money, give --price-in and --price-out)"
	}
	return text
}

// money is the price of tokens, empty without prices.
func (c *catalogJudgeCmd) money(sent, received int) string {
	if c.PriceIn+c.PriceOut == 0 {
		return ""
	}
	return fmt.Sprintf(", costs %.2f", (float64(sent)*c.PriceIn+float64(received)*c.PriceOut)/1e6)
}

// apply writes the songs file with what the model said.
func (c *catalogJudgeCmd) apply(io streams, client *llm.Client, table *songTable) error {
	file, err := os.Open(c.Out)
	if err != nil {
		return err
	}
	defer file.Close()
	judgements, err := llm.ReadJudgements(file)
	if err != nil {
		return err
	}
	filled := table.fill(byKey(judgements, client.String()), c.Sure)
	if err := table.write(c.Apply); err != nil {
		return err
	}
	_, err = fmt.Fprintf(io.out, "%s: %s\n", c.Apply, filled)
	return err
}
