// Package group goes from algebras to groups: compact generators and their periods, rules to average
// over a compact group, and representatives of the components of a group that are not connected to 1.
//
// Functions panic, with a message that starts with "lie:", if an argument has the wrong shape.
package group
