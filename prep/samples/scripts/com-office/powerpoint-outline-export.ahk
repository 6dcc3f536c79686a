; Write the text of an open presentation as a Markdown outline
; Takes the presentation that is active in PowerPoint and writes a Markdown file next to it.
; Every slide becomes a heading with its number and title, its text boxes become bullet lists
; that keep the indent levels, and the speaker notes follow as a quotation. Hidden slides are
; marked as such. A presentation that has never been saved is written to the desktop.
#Requires AutoHotkey v2.0

try {
    deck := ComObjActive("PowerPoint.Application").ActivePresentation
} catch Error {
    MsgBox("Open a presentation in PowerPoint first.", "Outline", "Icon!")
    ExitApp(1)
}

SplitPath(deck.Name, , , , &stem)
target := (deck.Path = "" ? A_Desktop : deck.Path) "\" stem ".md"
try {
    output := FileOpen(target, "w", "UTF-8-RAW")
    output.Write("# " stem "`n")
    for slide in deck.Slides
        output.Write("`n" SlideText(slide))
    output.Close()
    Run('notepad.exe "' target '"')
} catch OSError as problem {
    MsgBox("The outline could not be written:`n" problem.Message, "Outline", "Iconx")
}

SlideText(slide) {
    titleId := 0, title := "(no title)"
    if slide.Shapes.HasTitle {
        titleId := slide.Shapes.Title.Id
        title := OneLine(slide.Shapes.Title.TextFrame.TextRange.Text) || title
    }
    hidden := slide.SlideShowTransition.Hidden ? " (hidden)" : ""
    text := Format("## {}. {}{}`n`n", slide.SlideNumber, title, hidden)
    for shape in slide.Shapes {
        if shape.Id != titleId && shape.HasTextFrame && shape.TextFrame.HasText
            text .= Bullets(shape.TextFrame.TextRange)
    }
    notes := NotesOf(slide)
    return notes = "" ? text : text "`n> " notes "`n"
}

Bullets(range) {
    list := ""
    for paragraph in range.Paragraphs {
        line := OneLine(paragraph.Text)
        if line = ""
            continue
        Loop paragraph.IndentLevel - 1
            list .= "  "
        list .= "- " line "`n"
    }
    return list
}

NotesOf(slide) {
    static ppPlaceholderBody := 2
    for shape in slide.NotesPage.Shapes.Placeholders
        if shape.PlaceholderFormat.Type = ppPlaceholderBody
            return OneLine(shape.TextFrame.TextRange.Text)
    return ""
}

; PowerPoint ends paragraphs with a carriage return and lines with a vertical tab.
OneLine(text) => Trim(RegExReplace(text, "[\r\n\x0B]+", " "))
