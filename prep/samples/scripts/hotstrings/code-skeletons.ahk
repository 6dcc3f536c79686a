; Code skeletons for web pages in editors
; In Visual Studio Code, Notepad++ and Notepad, a short word followed by Tab is replaced by a piece
; of HTML, CSS or JavaScript: html5 by an empty page, tbl by a table, flex by a centred flex box,
; fetchj by a fetch call with error handling, lsn by an event listener. The text is pasted, so that
; the editor's automatic indent does not disturb it, and the caret goes to the end of the line
; marked with ¦. Only Tab expands the words; the clipboard is restored.
#Requires AutoHotkey v2.0
#SingleInstance Force
#Hotstring EndChars `t

GroupAdd("Editors", "ahk_exe Code.exe")
GroupAdd("Editors", "ahk_exe notepad++.exe")
GroupAdd("Editors", "ahk_exe notepad.exe")

#HotIf WinActive("ahk_group Editors")

:O:html5::
{
    Insert("
    (
    <!DOCTYPE html>
    <html lang="en">
    <head>
      <meta charset="utf-8">
      <title></title>
    </head>
    <body>
      ¦
    </body>
    </html>
    )")
}

:O:tbl::
{
    Insert("
    (
    <table>
      <thead>
        <tr><th></th></tr>
      </thead>
      <tbody>
        <tr>
          <td>¦
        </tr>
      </tbody>
    </table>
    )")
}

:O:flex::
{
    Insert("
    (
    display: flex;
    justify-content: center;
    align-items: center;¦
    )")
}

:XO:lsn::Insert("document.querySelector('#id').addEventListener('click', event => {`n  ¦`n});")

:O:fetchj::
{
    Insert("
    (
    try {
      const response = await fetch('/data.json');
      if (!response.ok) throw new Error(response.status);
      const data = await response.json();
      ¦
    } catch (error) {
      console.error(error);
    }
    )")
}

#HotIf

Insert(skeleton) {
    ; Count the lines below the mark before it is taken out.
    StrReplace(SubStr(skeleton, InStr(skeleton, "¦")), "`n", , , &linesBelow)
    keep := ClipboardAll()
    A_Clipboard := StrReplace(StrReplace(skeleton, "¦"), "`n", "`r`n")
    Send("^v")
    Sleep(300)
    if linesBelow
        Send("{Up " linesBelow "}{End}")
    A_Clipboard := keep
}
