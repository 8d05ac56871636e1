using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Dashtam.Jobs.Core.Settings;

/// <summary>Reads options from environment variables, and says of a bad one its name, its value and what is allowed.</summary>
public static class SettingsBinder
{
    /// <summary>
    /// Registers <typeparamref name="TOptions"/>: each property with a <see cref="SettingAttribute"/> from its variable, data
    /// annotations checked before the host starts. An empty variable counts as not set.
    /// </summary>
    public static OptionsBuilder<TOptions> AddSettings<TOptions>(this IServiceCollection services)
        where TOptions : class =>
        services.AddOptions<TOptions>()
            .Configure<IConfiguration>(Bind)
            .ValidateDataAnnotations()
            .ValidateOnStart();

    /// <summary>Fills the properties of one options object.</summary>
    /// <exception cref="OptionsValidationException">A value is not of the property's type.</exception>
    public static void Bind<TOptions>(TOptions options, IConfiguration configuration)
        where TOptions : class
    {
        var failures = new List<string>();
        foreach (var property in typeof(TOptions).GetProperties())
        {
            if (property.GetCustomAttribute<SettingAttribute>() is not { } setting
                || configuration[setting.Name] is not { Length: > 0 } text)
            {
                continue;
            }

            // Annotations are checked here as well: the framework's own message does not say the value.
            if (TryConvert(text, property.PropertyType, out var value)
                && property.GetCustomAttributes<ValidationAttribute>().All(rule => rule.IsValid(value)))
            {
                property.SetValue(options, value);
            }
            else
            {
                failures.Add($"{setting.Name}: '{(setting.Secret ? "***" : text)}' is not allowed; "
                    + $"allowed is {Allowed(property, setting)}.");
            }
        }

        if (failures.Count > 0)
        {
            throw new OptionsValidationException(Options.DefaultName, typeof(TOptions), failures);
        }
    }

    /// <summary>What a property accepts, in words.</summary>
    public static string Allowed(PropertyInfo property, SettingAttribute setting)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        var kind = setting.Allowed ?? (type.IsEnum ? string.Join(", ", Enum.GetNames(type)).ToUpperInvariant()
            : type == typeof(bool) ? "true or false"
            : type == typeof(string) ? "text"
            : type == typeof(double) ? "a number"
            : type == typeof(Uri) ? "an absolute URL"
            : "a whole number");
        return property.GetCustomAttribute<RangeAttribute>() is { } range
            ? string.Create(CultureInfo.InvariantCulture, $"{kind} from {range.Minimum} to {range.Maximum}")
            : kind;
    }

    private static bool TryConvert(string text, Type type, out object? value)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(Uri))
        {
            var absolute = Uri.TryCreate(text, UriKind.Absolute, out var uri);
            value = uri;
            return absolute;
        }

        if (type.IsEnum)
        {
            // Enum.TryParse also takes numbers, which no variable of ours means.
            return Enum.TryParse(type, text, ignoreCase: true, out value) && !char.IsAsciiDigit(text[0]) && text[0] != '-';
        }

        try
        {
            value = TypeDescriptor.GetConverter(type).ConvertFromInvariantString(text);
            return true;
        }
        catch (Exception error) when (error is FormatException or ArgumentException or NotSupportedException)
        {
            value = null;
            return false;
        }
    }
}
