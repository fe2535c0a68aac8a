package catalog

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/soundtrack-go/sdk/tagging"
)

// Format is a file format for songs.
type Format string

// Formats that [Read] understands.
const (
	FormatCSV   Format = "csv"   // RFC 4180 with a header line
	FormatJSONL Format = "jsonl" // one JSON object a line
)

// FormatOf guesses the format from a file name: .csv, or .jsonl, .ndjson and .json.
func FormatOf(name string) (Format, error) {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".csv":
		return FormatCSV, nil
	case ".jsonl", ".ndjson", ".json":
		return FormatJSONL, nil
	}
	return "", &InvalidError{What: "songs file " + strconv.Quote(filepath.Base(name)), Field: "name", Reason: "want .csv or .jsonl"}
}

// ReadOptions tune [Read]. The zero value is ready to use.
type ReadOptions struct {
	// Vocabulary resolves tags to concepts; nil means [tagging.DefaultVocabulary].
	Vocabulary *tagging.Vocabulary
	// Source is written into every field's provenance; "" means [SourceUser].
	Source Source
	// Dir is where relative "file" paths start; "" means the working directory.
	Dir string
}

// RowError says why a row was skipped. It matches the error it wraps.
type RowError struct {
	Line int // 1 is the first line of the file
	Err  error
}

func (e *RowError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }

// Unwrap returns the cause.
func (e *RowError) Unwrap() error { return e.Err }

// maxLine bounds one row, in bytes.
const maxLine = 1 << 20

// Read reads songs from CSV or JSONL. A bad row is skipped and reported, with its line, in problems; err is only for a
// file that cannot be read at all: an unknown column, no title or artist column, an I/O error.
//
// Columns, or JSON keys, of which title and artist are required:
//
//	title, artist, album     text, at most 300 characters
//	year                     of first release, 1860 to 2100
//	language                 ISO 639 code; zxx for instrumentals
//	genres, tags, concepts   lists: separated by semicolons in CSV, arrays in JSON. Tags and concepts are resolved
//	                         through the vocabulary, falling in importance; tags that are genres or unknown count as genres,
//	                         unknown concepts are an error
//	explicit                 true or false, 1 or 0, yes or no
//	isrc, duration           recording code; seconds
//	file                     path of an audio file, relative to the songs file
//	preview                  https address that does not expire
//	valence, arousal         −1 to 1, both or neither
//	spread                   how unsure these two are, 0 to 2; without it [EstimatedSpread]
//	affect_source            where these two come from, if not from opts.Source
//	mode, loudness, tempo    0 to 1; lyric: −1 to 1; all four or none
//
// If valence and arousal are missing, affect is estimated from the concepts, if there are any.
func Read(r io.Reader, format Format, opts ReadOptions) (songs []Song, problems []*RowError, err error) {
	if opts.Vocabulary == nil {
		opts.Vocabulary = tagging.DefaultVocabulary()
	}
	if opts.Source == "" {
		opts.Source = SourceUser
	}
	first := map[ID]int{}
	accept := func(line int, row row, err error) {
		var s Song
		if err == nil {
			s, err = row.song(opts)
		}
		if err == nil {
			if earlier, ok := first[s.ID]; ok {
				err = &InvalidError{What: s.String(), Field: "title", Reason: fmt.Sprintf("the same song stands in line %d", earlier)}
			}
		}
		if err != nil {
			problems = append(problems, &RowError{Line: line, Err: err})
			return
		}
		first[s.ID] = line
		songs = append(songs, s)
	}
	switch format {
	case FormatCSV:
		err = readCSV(r, accept)
	case FormatJSONL:
		err = readJSONL(r, accept)
	default:
		err = &InvalidError{What: "songs file", Field: "format", Reason: fmt.Sprintf("%q: want csv or jsonl", format)}
	}
	return songs, problems, err
}

func readCSV(r io.Reader, accept func(int, row, error)) error {
	reader := csv.NewReader(skipBOM(r))
	reader.FieldsPerRecord = -1
	header, err := reader.Read()
	if err != nil {
		return fmt.Errorf("catalog: reading the header line: %w", err)
	}
	columns := make([]string, len(header))
	seen := map[string]bool{}
	for i, name := range header {
		name = strings.ToLower(strings.TrimSpace(name))
		if !columnNames[name] || seen[name] {
			return &InvalidError{What: "songs file", Field: "header", Reason: fmt.Sprintf("column %q is unknown or there twice; known are %s", header[i], knownColumns)}
		}
		columns[i], seen[name] = name, true
	}
	if !seen["title"] || !seen["artist"] {
		return &InvalidError{What: "songs file", Field: "header", Reason: "the columns title and artist are required"}
	}
	for {
		fields, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		var syntax *csv.ParseError
		if errors.As(err, &syntax) {
			accept(syntax.StartLine, nil, &InvalidError{What: "row", Field: "csv", Reason: syntax.Err.Error()})
			continue
		}
		if err != nil {
			return fmt.Errorf("catalog: reading songs: %w", err)
		}
		line, _ := reader.FieldPos(0)
		if len(fields) != len(columns) {
			accept(line, nil, &InvalidError{What: "row", Field: "csv", Reason: fmt.Sprintf("has %d fields, the header %d", len(fields), len(columns))})
			continue
		}
		row := row{}
		for i, name := range columns {
			if value := strings.TrimSpace(fields[i]); value != "" {
				row[name] = splitCell(name, value)
			}
		}
		accept(line, row, nil)
	}
}

func splitCell(column, value string) []string {
	if !listColumns[column] {
		return []string{value}
	}
	var items []string
	for item := range strings.SplitSeq(value, ";") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}

func readJSONL(r io.Reader, accept func(int, row, error)) error {
	scanner := bufio.NewScanner(skipBOM(r))
	scanner.Buffer(make([]byte, 0, 1<<16), maxLine)
	line := 0
	for scanner.Scan() {
		line++
		text := strings.TrimSpace(scanner.Text())
		if text == "" {
			continue
		}
		row, err := parseJSONRow(text)
		accept(line, row, err)
	}
	if err := scanner.Err(); err != nil {
		return fmt.Errorf("catalog: reading songs after line %d: %w", line, err)
	}
	return nil
}

func parseJSONRow(text string) (row, error) {
	var object map[string]any
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&object); err != nil {
		return nil, &InvalidError{What: "row", Field: "json", Reason: err.Error()}
	}
	if decoder.More() {
		return nil, &InvalidError{What: "row", Field: "json", Reason: "more than one value in the line"}
	}
	row := row{}
	for key, value := range object {
		if !columnNames[key] {
			return nil, &InvalidError{What: "row", Field: key, Reason: "unknown key; known are " + knownColumns}
		}
		values, err := jsonStrings(key, value)
		if err != nil {
			return nil, err
		}
		if len(values) > 0 {
			row[key] = values
		}
	}
	return row, nil
}

func jsonStrings(key string, value any) ([]string, error) {
	switch v := value.(type) {
	case nil:
		return nil, nil
	case string:
		if strings.TrimSpace(v) == "" {
			return nil, nil
		}
		return splitCell(key, v), nil
	case json.Number:
		return []string{v.String()}, nil
	case bool:
		return []string{strconv.FormatBool(v)}, nil
	case []any:
		if !listColumns[key] {
			break
		}
		items := make([]string, len(v))
		for i, item := range v {
			s, ok := item.(string)
			if !ok {
				return nil, &InvalidError{What: "row", Field: key, Reason: "want a list of strings"}
			}
			items[i] = s
		}
		return items, nil
	}
	return nil, &InvalidError{What: "row", Field: key, Reason: fmt.Sprintf("a %T does not belong here", value)}
}

// skipBOM drops the byte order mark that spreadsheets write.
func skipBOM(r io.Reader) io.Reader {
	buffered := bufio.NewReader(r)
	if head, err := buffered.Peek(3); err == nil && string(head) == "\ufeff" {
		_, _ = buffered.Discard(3)
	}
	return buffered
}
