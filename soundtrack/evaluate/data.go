package evaluate

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"

	"github.com/soundtrack-go/sdk/tagging"
)

// ErrData reports a folder of reference data that lacks a file, or a file that cannot be read.
var ErrData = errors.New("evaluate: unusable data")

// Photograph is a photograph of OASIS (Kurdi, Lozano & Banaji 2017) with the mean of people's ratings.
type Photograph struct {
	Picture  string         `json:"picture"`  // path below the data folder
	Theme    string         `json:"theme"`    // photographs of one theme show the same thing: never split between fit and test
	Category string         `json:"category"` // Animal, Object, Person or Scenery
	Norm     tagging.Affect `json:"norm"`
	// Held is true for a quarter of the themes, on which no setting of a head was chosen; see the package comment for what was.
	Held bool `json:"held"`
}

// ReadOASIS reads oasis/oasis.csv below a data folder. Ratings on 1…7 become −1…1. Errors match [ErrData].
func ReadOASIS(data fs.FS) ([]Photograph, error) {
	rows, column, err := readTable(data, "oasis/oasis.csv", "image", "group", "category", "valence_mean", "arousal_mean")
	if err != nil {
		return nil, err
	}
	var photographs []Photograph
	for i, row := range rows {
		p := Photograph{Picture: "oasis/" + row[column["image"]], Theme: row[column["group"]], Category: row[column["category"]]}
		p.Held = held(p.Theme)
		valence, err1 := strconv.ParseFloat(row[column["valence_mean"]], 64)
		arousal, err2 := strconv.ParseFloat(row[column["arousal_mean"]], 64)
		if err := errors.Join(err1, err2); err != nil {
			return nil, fmt.Errorf("%w: oasis/oasis.csv, line %d: %w", ErrData, i+2, err)
		}
		p.Norm = tagging.Affect{Valence: (valence - 4) / 3, Arousal: (arousal - 4) / 3}
		photographs = append(photographs, p)
	}
	return photographs, nil
}

// held puts a quarter of the themes aside, by their names alone.
func held(theme string) bool {
	sum := sha256.Sum256([]byte("split" + theme))
	return binary.BigEndian.Uint64(sum[len(sum)-8:])%4 == 0
}

// Captioned is a picture of COCO with what people wrote about it and the classes that they marked in it.
type Captioned struct {
	Picture  string
	Captions []string
	Classes  []string
}

// ReadCOCO reads those pictures of coco-mini/coco_mini.jsonl below a data folder that are there. Errors match [ErrData].
func ReadCOCO(data fs.FS) ([]Captioned, error) {
	const name = "coco-mini/coco_mini.jsonl"
	file, err := data.Open(name)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrData, err)
	}
	defer func() { _ = file.Close() }()
	var pictures []Captioned
	for lines := bufio.NewScanner(file); ; {
		if !lines.Scan() {
			if err := lines.Err(); err != nil {
				return nil, fmt.Errorf("%w: %s: %w", ErrData, name, err)
			}
			return pictures, nil
		}
		var row struct {
			Image    *string
			Captions []string
			Objects  []string
		}
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			return nil, fmt.Errorf("%w: %s: %w", ErrData, name, err)
		}
		if row.Image != nil {
			pictures = append(pictures, Captioned{"coco-mini/" + *row.Image, row.Captions, row.Objects})
		}
	}
}

// ReadHistoric reads the paths of historic/historic.csv below a data folder: photographs up to 1929. Errors match [ErrData].
func ReadHistoric(data fs.FS) ([]string, error) {
	rows, column, err := readTable(data, "historic/historic.csv", "image")
	if err != nil {
		return nil, err
	}
	pictures := make([]string, len(rows))
	for i, row := range rows {
		pictures[i] = "historic/" + row[column["image"]]
	}
	return pictures, nil
}

// readTable reads a CSV file that has the named columns, and says where they are.
func readTable(data fs.FS, name string, want ...string) (rows [][]string, column map[string]int, err error) {
	file, err := data.Open(name)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrData, err)
	}
	defer func() { _ = file.Close() }()
	rows, err = csv.NewReader(file).ReadAll()
	if err != nil || len(rows) < 2 {
		return nil, nil, fmt.Errorf("%w: %s: %d rows: %w", ErrData, name, len(rows), err)
	}
	column = map[string]int{}
	for _, w := range want {
		i := slices.Index(rows[0], w)
		if i < 0 {
			return nil, nil, fmt.Errorf("%w: %s has no column %s", ErrData, name, w)
		}
		column[w] = i
	}
	return rows[1:], column, nil
}
