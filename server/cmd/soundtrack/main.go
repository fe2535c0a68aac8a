// Command soundtrack recommends songs for pictures: from the command line, or as a server with a page.
//
//	soundtrack serve                       the page and the API on http://localhost:8080
//	soundtrack recommend photo.jpg         songs for a picture
//	soundtrack tag photo.jpg               what is seen in it
//	soundtrack recommend --llm mistral …   the same, with a language model that looks too
//	soundtrack recommend --heads mine …    the same, with what was learned from pictures that you rated
//	soundtrack catalog check songs.csv     a songs file, row by row
//	soundtrack catalog judge songs.csv     what a language model knows of its songs
//	soundtrack models pull compact         fetch a model
//	soundtrack inspect photo.jpg           what a model is shown, and its numbers
//
// Every flag is also an environment variable: --no-seed is SOUNDTRACK_NO_SEED. Exit codes: 0 done, 1 failed, 2 wrong
// usage, 75 try again later (no network, server busy).
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/soundtrack"
	"github.com/soundtrack-go/sdk/tagging/llm"
	"github.com/soundtrack-go/sdk/vision/modelhub"
)

// version is set by the linker.
var version = "devel"

// Exit codes.
const (
	exitFailed = 1
	exitUsage  = 2
	exitLater  = 75 // EX_TEMPFAIL of sysexits.h
)

// cli is the command line.
type cli struct {
	Serve     serveCmd     `cmd:"" help:"Serve the page and the API."`
	Recommend recommendCmd `cmd:"" help:"Recommend songs for pictures."`
	Tag       tagCmd       `cmd:"" help:"Say what is seen in pictures."`
	Catalog   catalogCmd   `cmd:"" help:"Check, count, judge and export songs."`
	Models    modelsCmd    `cmd:"" help:"List, fetch, verify and delete models."`
	Inspect   inspectCmd   `cmd:"" help:"Show what a model sees of a picture, its embedding, or the tokens of a text."`
	Train     trainCmd     `cmd:"" help:"Fit heads and calibrations on pictures of your own."`
	Eval      evalCmd      `cmd:"" help:"Measure what is said of pictures."`
	Version   versionCmd   `cmd:"" help:"Print the version."`
}

// streams are where a command reads and writes; tests replace them.
type streams struct {
	out, err io.Writer
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// The second signal must end the process at once, so the first one restores the default behaviour.
	context.AfterFunc(ctx, stop)
	code := run(ctx, os.Args[1:], streams{os.Stdout, os.Stderr})
	stop()
	os.Exit(code)
}

// run executes one command line and returns the exit code.
func run(ctx context.Context, args []string, io streams) int {
	exited, code := false, 0
	parser, err := kong.New(&cli{},
		kong.Name("soundtrack"),
		kong.Description("Songs for pictures. Examples:\n\n  soundtrack serve --listen localhost:8080\n  soundtrack recommend --count 3 photo.jpg\n  soundtrack tag --json *.jpg | jq .analysis.affect\n  soundtrack recommend --songs mine.csv --no-seed photo.jpg"),
		kong.DefaultEnvars("SOUNDTRACK"),
		kong.Writers(io.out, io.err),
		kong.Exit(func(c int) { exited, code = true, c }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.ExplicitGroups([]kong.Group{llmHelp()}),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(io),
	)
	if err != nil {
		return report(io.err, err)
	}
	line, err := parser.Parse(args)
	if exited { // --help
		return code
	}
	if err != nil {
		fmt.Fprintf(io.err, "soundtrack: %v\nTry: soundtrack --help\n", err)
		return exitUsage
	}
	return report(io.err, line.Run())
}

// report prints an error with its next step and chooses the exit code.
func report(w io.Writer, err error) int {
	var usage *usageError
	var message string
	if err != nil {
		message = strings.TrimPrefix(err.Error(), "soundtrack: ") // the name of the package is that of the command
	}
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errReported):
		return exitFailed
	case errors.As(err, &usage):
		fmt.Fprintf(w, "soundtrack: %s\n", message)
		return exitUsage
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(w, "soundtrack: stopped")
		return exitFailed
	case errors.Is(err, llm.ErrKey), errors.Is(err, soundtrack.ErrAffectHead), errors.Is(err, soundtrack.ErrCalibration):
		fmt.Fprintf(w, "soundtrack: %s\n", message)
		return exitUsage
	case errors.Is(err, modelhub.ErrOffline), errors.Is(err, modelhub.ErrUnavailable),
		errors.Is(err, llm.ErrUnavailable), errors.Is(err, llm.ErrBudget):
		fmt.Fprintf(w, "soundtrack: %s\n", message)
		return exitLater
	default:
		fmt.Fprintf(w, "soundtrack: %s\n", message)
		return exitFailed
	}
}

// errReported means that the details have been printed already.
var errReported = errors.New("failed")

// usageError is a flag or argument whose value is wrong.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

type versionCmd struct{}

// Run implements the command.
func (versionCmd) Run(io streams) error {
	_, err := fmt.Fprintln(io.out, version)
	return err
}

// songFlags say which songs there are.
type songFlags struct {
	Songs  []string `help:"Songs file to add, CSV or JSONL; may be repeated. Columns: see 'catalog check --help'." type:"existingfile" placeholder:"FILE" sep:"none"`
	NoSeed bool     `help:"Leave out the seed catalogue and the demo tracks."`
}

// load reads the songs files. Bad rows are skipped and reported with file and line.
func (f songFlags) load(warn io.Writer) ([]catalog.Song, error) {
	var all []catalog.Song
	for _, name := range f.Songs {
		songs, problems, err := readSongs(name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for _, p := range problems {
			fmt.Fprintf(warn, "%s:%d: skipped: %v\n", name, p.Line, p.Err)
		}
		all = append(all, songs...)
	}
	return all, nil
}
