; Fastest tram route with Dijkstra's algorithm
; A network of tram stops is kept as lines of text such as "Harbour - Market: 4", where the
; number is the minutes between two neighbouring stops; every connection works both ways. The
; lines become a Map of Maps, and the route is found by taking the nearest unfinished stop again
; and again, noting through which stop each one was reached, and walking that trail back from
; the destination. A small window offers start and destination in two drop-down lists and shows
; the stops of the best route with the minutes passed at each, or says that there is no way.
#Requires AutoHotkey v2.0
#SingleInstance Force

TRAM_LINES := "
(
Harbour - Market: 4
Harbour - Museum: 9
Market - Museum: 3
Market - Town Hall: 6
Museum - University: 5
Town Hall - University: 2
University - Stadium: 7
Town Hall - Stadium: 11
Airport - Airport Hotel: 1
)"

ShowPlanner(ReadNetwork(TRAM_LINES))

ReadNetwork(text) {
    links := Map()
    Loop Parse, text, "`n", "`r" {
        if !RegExMatch(A_LoopField, "^(.+?) - (.+): (\d+)$", &part)
            throw ValueError("Line " A_Index " is not a connection", -1, A_LoopField)
        Connect(part[1], part[2], Integer(part[3]))
        Connect(part[2], part[1], Integer(part[3]))
    }
    return links

    Connect(here, there, minutes) {
        if !links.Has(here)
            links[here] := Map()
        links[here][there] := minutes
    }
}

; Array of {stop, minutes} from start to goal, empty if the goal cannot be reached.
FastestRoute(links, start, goal) {
    reachedAfter := Map(start, 0)
    cameFrom := Map()
    unfinished := Map(start, true)

    while unfinished.Count {
        here := NearestOf(unfinished, reachedAfter)
        if here == goal
            break
        unfinished.Delete(here)
        for neighbour, ride in links[here] {
            arrival := reachedAfter[here] + ride
            if reachedAfter.Has(neighbour) && reachedAfter[neighbour] <= arrival
                continue
            reachedAfter[neighbour] := arrival
            cameFrom[neighbour] := here
            unfinished[neighbour] := true
        }
    }

    route := []
    if !reachedAfter.Has(goal)
        return route
    stop := goal
    Loop {
        route.InsertAt(1, {stop: stop, minutes: reachedAfter[stop]})
        if !cameFrom.Has(stop)
            return route
        stop := cameFrom[stop]
    }
}

; With some dozens of stops a plain search is quicker than keeping a heap.
NearestOf(candidates, reachedAfter) {
    nearest := ""
    for stop in candidates
        if nearest = "" || reachedAfter[stop] < reachedAfter[nearest]
            nearest := stop
    return nearest
}

ShowPlanner(links) {
    planner := Gui("+AlwaysOnTop", "Tram planner")
    planner.SetFont("s10")
    planner.AddText("w40", "From")
    from := planner.AddDropDownList("x+8 yp-3 w170 Choose1", [links*])
    planner.AddText("xm w40", "To")
    to := planner.AddDropDownList("x+8 yp-3 w170 Choose2", [links*])
    answer := planner.AddEdit("xm w220 r9 ReadOnly -VScroll")
    from.OnEvent("Change", Refresh)
    to.OnEvent("Change", Refresh)
    planner.OnEvent("Close", (*) => ExitApp())
    Refresh()
    planner.Show()

    Refresh(*) {
        lines := ""
        for halt in FastestRoute(links, from.Text, to.Text)
            lines .= Format("{:3} min  {}`r`n", halt.minutes, halt.stop)
        answer.Value := lines = "" ? "No tram goes there." : lines
    }
}
