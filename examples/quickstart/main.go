// Command quickstart prints songs for the pictures that it is given.
//
//	go run ./examples/quickstart photo.jpg
package main

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/soundtrack-go/sdk/soundtrack"
)

func main() {
	ctx := context.Background()
	rec, err := soundtrack.Open(ctx)
	if err != nil {
		log.Fatal(err)
	}
	defer rec.Close()
	for _, name := range os.Args[1:] {
		file, err := os.Open(name)
		if err != nil {
			log.Fatal(err)
		}
		out, err := rec.Recommend(ctx, soundtrack.Request{Image: file})
		_ = file.Close()
		if err != nil {
			log.Fatalf("%s: %v", name, err)
		}
		for _, pick := range out.Picks {
			fmt.Printf("%.2f  %s – %s\n      %s\n", pick.Score, pick.Song.Title, pick.Song.Artist, pick.Why())
		}
	}
}
