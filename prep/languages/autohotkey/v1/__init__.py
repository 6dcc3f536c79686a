"""Statements of AutoHotkey v2 as AutoHotkey v1.1 writes them, for the tasks that show the old way: repair and convert.

Only what means the same in both is taken, from the tables of commands.py.
Settings of a whole script have other defaults in v1 (SendMode, CoordMode, SetTitleMatchMode); they are
left to the script. v1 has no exceptions for what v2 throws: it goes on, with ErrorLevel set.
"""
