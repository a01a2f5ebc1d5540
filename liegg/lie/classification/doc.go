// Package classification names Lie algebras of matrices: the algebra nearest to an estimate that is
// closed, its ideals and its radical, its name, and the forms that it leaves unchanged.
//
// Functions panic, with a message that starts with "lie:", if an argument has the wrong shape.
package classification
