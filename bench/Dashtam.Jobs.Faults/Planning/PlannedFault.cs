namespace Dashtam.Jobs.Faults.Planning;

/// <summary>One fault of a plan.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Pause">How long after the fault before it.</param>
/// <param name="Kind">What goes wrong.</param>
/// <param name="Target">Whose: <c>worker-1</c>, <c>scheduler-2</c>, <c>producer</c>, <c>redis</c>.</param>
/// <param name="Duration">How long it lasts; for a kill, until the start.</param>
/// <param name="Roll">Which of those that are there when it is injected, or by how much.</param>
internal sealed record PlannedFault(
    int Number, TimeSpan Pause, FaultKind Kind, string Target, TimeSpan Duration, int Roll);
