namespace Dashtam.Jobs.Scheduler.Crons;

/// <summary>One item of a list in a cron, as pycron takes it: numbers from one to another in steps.</summary>
/// <param name="First">The first number.</param>
/// <param name="Last">The last number.</param>
/// <param name="Step">How far the next number is from the last one.</param>
/// <param name="EndsList">
/// A range of days of the week that begins after its end: pycron does not look at the rest of the list, whether it matches or not.
/// </param>
internal readonly record struct PyCronItem(int First, int Last, int Step = 1, bool EndsList = false)
{
    /// <summary>What pycron reads but no number matches: <c>5/15</c>, or <c>*</c> in a list.</summary>
    public static PyCronItem Never { get; } = new(0, -1);

    public bool Matches(int number) => number >= First && number <= Last && (number - First) % Step == 0;
}
