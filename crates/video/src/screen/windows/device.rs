//! The graphics card, as far as pictures that were captured are read from it.

use visavis_model::Size;
use windows::Graphics::DirectX::Direct3D11::{IDirect3DDevice, IDirect3DSurface};
use windows::Win32::Foundation::{E_FAIL, HMODULE};
use windows::Win32::Graphics::Direct3D::{D3D_DRIVER_TYPE, D3D_DRIVER_TYPE_HARDWARE, D3D_DRIVER_TYPE_WARP};
use windows::Win32::Graphics::Direct3D11::{
    D3D11_CPU_ACCESS_READ, D3D11_CREATE_DEVICE_BGRA_SUPPORT, D3D11_MAP_READ, D3D11_MAPPED_SUBRESOURCE,
    D3D11_SDK_VERSION, D3D11_TEXTURE2D_DESC, D3D11_USAGE_STAGING, D3D11CreateDevice, ID3D11Device, ID3D11DeviceContext,
    ID3D11Multithread, ID3D11Texture2D,
};
use windows::Win32::Graphics::Dxgi::IDXGIDevice;
use windows::Win32::System::WinRT::Direct3D11::{CreateDirect3D11DeviceFromDXGIDevice, IDirect3DDxgiInterfaceAccess};
use windows::core::{Interface as _, Result};

pub struct Device {
    device: ID3D11Device,
    context: ID3D11DeviceContext,
    /// The same, as the capture knows it.
    shared: IDirect3DDevice,
    /// Memory that we may read, as large as the last picture.
    copy: Option<(D3D11_TEXTURE2D_DESC, ID3D11Texture2D)>,
}

// SAFETY: the system's objects of a card may be used from any thread; all but this one are marked so, and this one is the same card.
unsafe impl Send for Device {}

impl Device {
    /// The card, or what the system has in its place.
    pub fn open() -> Result<Self> {
        let (device, context) = create(D3D_DRIVER_TYPE_HARDWARE).or_else(|_| create(D3D_DRIVER_TYPE_WARP))?;
        // The capture draws from threads of its own.
        let lock: ID3D11Multithread = context.cast()?;
        // SAFETY: a plain setting.
        let _ = unsafe { lock.SetMultithreadProtected(true) };
        // SAFETY: the device is there, and so is what comes back.
        let shared = unsafe { CreateDirect3D11DeviceFromDXGIDevice(&device.cast::<IDXGIDevice>()?) }?.cast()?;
        Ok(Self { device, context, shared, copy: None })
    }

    pub const fn shared(&self) -> &IDirect3DDevice {
        &self.shared
    }

    /// Lends the octets of a picture (blue first) with the length of a row and the size of all of it.
    pub fn read<R>(&mut self, surface: &IDirect3DSurface, look: impl FnOnce(&[u8], usize, Size) -> R) -> Result<R> {
        let access: IDirect3DDxgiInterfaceAccess = surface.cast()?;
        let mut about = D3D11_TEXTURE2D_DESC::default();
        // SAFETY: the surface holds a texture; the description outlives the call.
        let texture: ID3D11Texture2D = unsafe { access.GetInterface() }?;
        unsafe { texture.GetDesc(&raw mut about) };
        let wanted = D3D11_TEXTURE2D_DESC {
            MipLevels: 1,
            ArraySize: 1,
            Usage: D3D11_USAGE_STAGING,
            BindFlags: 0,
            CPUAccessFlags: D3D11_CPU_ACCESS_READ.0 as u32,
            MiscFlags: 0,
            ..about
        };
        let copy = match self.copy.take() {
            Some((known, copy)) if known == wanted => copy,
            _ => self.create(&wanted)?,
        };
        let mut mapped = D3D11_MAPPED_SUBRESOURCE::default();
        // SAFETY: both textures are of this device and of one size; mapping waits until the copy is done.
        unsafe {
            self.context.CopyResource(&copy, &texture);
            self.context.Map(&copy, 0, D3D11_MAP_READ, 0, Some(&raw mut mapped))?;
        }
        let stride = mapped.RowPitch as usize;
        // SAFETY: so long is what is mapped, and it stays until it is given back below.
        let octets = unsafe { std::slice::from_raw_parts(mapped.pData.cast::<u8>(), stride * about.Height as usize) };
        let result = look(octets, stride, Size::new(about.Width, about.Height));
        // SAFETY: mapped above, and nothing looks at it any more.
        unsafe { self.context.Unmap(&copy, 0) };
        self.copy = Some((wanted, copy));
        Ok(result)
    }

    fn create(&self, wanted: &D3D11_TEXTURE2D_DESC) -> Result<ID3D11Texture2D> {
        let mut made = None;
        // SAFETY: both outlive the call.
        unsafe { self.device.CreateTexture2D(wanted, None, Some(&raw mut made)) }?;
        made.ok_or_else(|| E_FAIL.into())
    }
}

fn create(kind: D3D_DRIVER_TYPE) -> Result<(ID3D11Device, ID3D11DeviceContext)> {
    let (mut device, mut context) = (None, None);
    let flags = D3D11_CREATE_DEVICE_BGRA_SUPPORT;
    let (to_device, to_context) = (Some(&raw mut device), Some(&raw mut context));
    // SAFETY: what is written to outlives the call.
    unsafe {
        D3D11CreateDevice(None, kind, HMODULE::default(), flags, None, D3D11_SDK_VERSION, to_device, None, to_context)
    }?;
    device.zip(context).ok_or_else(|| E_FAIL.into())
}
