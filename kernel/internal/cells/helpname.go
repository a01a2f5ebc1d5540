package cells

import (
	"go/scanner"
	"go/token"
)

// A lexeme is a token of a program, with the bytes that it takes.
type lexeme struct {
	token.Token
	from, to int
}

// lexemes returns the tokens of a program, whose syntax may be wrong, without
// the semicolons that end lines.
func lexemes(source string) (all []lexeme) {
	var s scanner.Scanner
	file := token.NewFileSet().AddFile("", -1, len(source))
	s.Init(file, []byte(source), nil, scanner.ScanComments)
	for {
		pos, tok, text := s.Scan()
		if tok == token.EOF {
			return all
		}
		if text == "" {
			text = tok.String()
		}
		if text != "\n" {
			from := file.Offset(pos)
			all = append(all, lexeme{tok, from, from + len(text)})
		}
	}
}

// nameAt returns the byte at which the name begins that a reader means who
// has the cursor at a byte of a program: the name there or, inside a call or
// a composite literal, the name of the function or the type. Keywords, comments
// and the space between statements have none.
func nameAt(source string, cursor int) (offset int, found bool) {
	all := lexemes(source)
	for _, l := range all {
		touches := l.from < cursor && cursor <= l.to
		switch {
		case l.Token == token.IDENT && (touches || l.from == cursor):
			return l.from, true
		case touches && (l.IsKeyword() || l.Token == token.COMMENT):
			return 0, false
		case l.Token == token.RPAREN && l.to == cursor:
			cursor = l.from // f(x) with the cursor at its end is f
		}
	}
	return nameAround(all, cursor)
}

// nameAround returns the byte at which the name of the innermost call or
// composite literal around the cursor begins.
func nameAround(all []lexeme, cursor int) (offset int, found bool) {
	const none = -1
	type bracket struct {
		token.Token
		name int
	}
	var open []bracket
	name, end := none, 0 // the name that ends at the last lexeme, and that lexeme's end
	for _, l := range all {
		if l.from >= cursor {
			break
		}
		before := name
		name = none
		switch l.Token {
		case token.IDENT:
			name = l.from
		case token.LPAREN, token.LBRACK, token.LBRACE:
			if l.from > end {
				before = none // a block, unlike a literal, has a space before it
			}
			open = append(open, bracket{l.Token, before})
		case token.RPAREN, token.RBRACK, token.RBRACE:
			if len(open) > 0 {
				if l.Token == token.RBRACK {
					name = open[len(open)-1].name // the name in F[int]
				}
				open = open[:len(open)-1]
			}
		}
		end = l.to
	}
	for i := len(open) - 1; i >= 0; i-- {
		switch b := open[i]; {
		case b.name != none && b.Token != token.LBRACK:
			return b.name, true
		case b.Token == token.LBRACE:
			return 0, false
		}
	}
	return 0, false
}
