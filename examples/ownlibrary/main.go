// Command ownlibrary recommends from a songs file of one's own, and only songs after a given year.
//
//	go run ./examples/ownlibrary songs.csv photo.jpg 1990
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strconv"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/soundtrack"
)

func main() {
	if len(os.Args) != 4 {
		log.Fatal("usage: ownlibrary SONGS.csv PICTURE YEAR")
	}
	ctx := context.Background()
	songs, err := os.Open(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	defer songs.Close()
	own, problems, err := catalog.Read(songs, catalog.FormatCSV, catalog.ReadOptions{Dir: filepath.Dir(os.Args[1])})
	if err != nil {
		log.Fatal(err)
	}
	for _, p := range problems {
		log.Printf("%s: skipped: %v", os.Args[1], p)
	}
	year, err := strconv.Atoi(os.Args[3])
	if err != nil {
		log.Fatal(err)
	}
	rec, err := soundtrack.Open(ctx, soundtrack.WithoutSeed(), soundtrack.WithSongs(own...))
	if err != nil {
		log.Fatal(err)
	}
	defer rec.Close()
	picture, err := os.Open(os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	defer picture.Close()
	out, err := rec.Recommend(ctx, soundtrack.Request{Image: picture, Filter: catalog.Filter{YearFrom: year}})
	if err != nil {
		log.Fatal(err)
	}
	for _, pick := range out.Picks {
		fmt.Println(pick.Song.Title, "–", pick.Song.Artist, pick.Why())
	}
}
