namespace Dashtam.Jobs.Scheduler.Crons;

/// <summary>A cron as TaskIQ's <c>pycron</c> takes it, minute by minute.</summary>
internal sealed class PyCron : ICronCalendar
{
    /// <exception cref="CronFormatException">pycron cannot read it.</exception>
    public PyCron(string expression) => throw new NotImplementedException();

    public bool IsWild => true;

    /// <summary>Whether it fires in a minute of the wall clock.</summary>
    public bool Matches(DateTime minute) => throw new NotImplementedException();

    public DateTime? NextAfter(DateTime time) => throw new NotImplementedException();
}
