//! VP8 and VP9 encoding by libvpx, as a browser would do it: one pass, constant bitrate, real time.

use bytes::Bytes;
use std::mem::MaybeUninit;
use std::ptr::null;
use visavis_media::I420;
use visavis_model::{Codec, Size};
use vpx_sys::*;

/// Spatial layers of the scalable encoder, each of half the sides of the next.
pub const SVC_LAYERS: usize = 3;

pub struct Encoder {
    codec: Codec,
    context: Box<vpx_codec_ctx_t>,
    size: Size,
    count: i64,
}

/// One picture: its layer frames, lowest first (one where the encoder is not scalable).
pub struct Encoded {
    pub keyframe: bool,
    pub layers: Vec<Bytes>,
}

impl Encoder {
    pub fn new(codec: Codec, size: Size, kilobits: u32, layers: usize) -> Self {
        let mut config: MaybeUninit<vpx_codec_enc_cfg_t> = MaybeUninit::uninit();
        let mut context: Box<MaybeUninit<vpx_codec_ctx_t>> = Box::new(MaybeUninit::zeroed());
        // SAFETY: the library writes the configuration whole, then the context; both calls are checked.
        let mut context = unsafe {
            let interface = if codec == Codec::Vp8 { vpx_codec_vp8_cx() } else { vpx_codec_vp9_cx() };
            assert_eq!(vpx_codec_enc_config_default(interface, config.as_mut_ptr(), 0), VPX_CODEC_OK);
            let mut config = config.assume_init();
            config.g_w = size.width;
            config.g_h = size.height;
            config.g_threads = 1;
            config.g_timebase = vpx_rational { num: 1, den: 30 };
            config.g_pass = vpx_enc_pass::VPX_RC_ONE_PASS;
            config.g_lag_in_frames = 0;
            // As browsers do for scalable streams: a layer frame may be missing.
            config.g_error_resilient = u32::from(layers > 1);
            config.rc_end_usage = vpx_rc_mode::VPX_CBR;
            config.rc_target_bitrate = kilobits;
            config.rc_min_quantizer = 4;
            config.rc_max_quantizer = 56;
            config.rc_dropframe_thresh = 0;
            config.rc_resize_allowed = 0;
            config.kf_mode = vpx_kf_mode::VPX_KF_AUTO;
            config.kf_max_dist = 100_000;
            if layers > 1 {
                config.ss_number_layers = layers as u32;
                config.ts_number_layers = 1;
                config.ts_rate_decimator[0] = 1;
                config.temporal_layering_mode = 0;
                for layer in 0..layers {
                    let share = kilobits * [1, 3, 9][layer] / 13;
                    config.ss_target_bitrate[layer] = share;
                    config.layer_target_bitrate[layer] = share;
                }
            }
            let version = VPX_ENCODER_ABI_VERSION as i32;
            assert_eq!(vpx_codec_enc_init_ver(context.as_mut_ptr(), interface, &config, 0, version), VPX_CODEC_OK);
            context.assume_init()
        };
        let mut control = |id: vp8e_enc_control_id, value: i32| {
            // SAFETY: every control that is called here takes one int.
            assert_eq!(unsafe { vpx_codec_control_(&mut *context, id as i32, value) }, VPX_CODEC_OK, "{id:?}");
        };
        control(vp8e_enc_control_id::VP8E_SET_CPUUSED, if codec == Codec::Vp8 { -8 } else { 8 });
        if layers > 1 {
            control(vp8e_enc_control_id::VP9E_SET_SVC, 1);
            // Upper layers of all but key pictures do not need the lower ones: what browsers call L3T3_KEY.
            control(vp8e_enc_control_id::VP9E_SET_SVC_INTER_LAYER_PRED, 2);
            let mut parameters = vpx_svc_extra_cfg_t {
                max_quantizers: [56; 12],
                min_quantizers: [4; 12],
                scaling_factor_num: [1; 12],
                scaling_factor_den: [1; 12],
                speed_per_layer: [8; 12],
                temporal_layering_mode: 0,
                loopfilter_ctrl: [0; 12],
            };
            for layer in 0..layers {
                parameters.scaling_factor_den[layer] = 1 << (layers - 1 - layer);
            }
            let id = vp8e_enc_control_id::VP9E_SET_SVC_PARAMETERS as i32;
            // SAFETY: this control takes a pointer to the structure, for the call.
            assert_eq!(unsafe { vpx_codec_control_(&mut *context, id, &raw mut parameters) }, VPX_CODEC_OK);
        }
        Self { codec, context, size, count: 0 }
    }

    pub fn encode(&mut self, picture: &I420, keyframe: bool) -> Option<Encoded> {
        assert_eq!(picture.size(), self.size);
        let [y, u, v] = picture.planes();
        let mut image: MaybeUninit<vpx_image_t> = MaybeUninit::zeroed();
        // SAFETY: the image borrows the planes for this call; the library reads them only. The packets are copied
        // before the next call.
        unsafe {
            let wrapped = vpx_img_wrap(
                image.as_mut_ptr(),
                vpx_img_fmt::VPX_IMG_FMT_I420,
                self.size.width,
                self.size.height,
                1,
                y.data.as_ptr().cast_mut(),
            );
            assert!(!wrapped.is_null());
            let mut image = image.assume_init();
            for (index, plane) in [y, u, v].into_iter().enumerate() {
                image.planes[index] = plane.data.as_ptr().cast_mut();
                image.stride[index] = plane.stride as i32;
            }
            let flags = if keyframe { i64::from(VPX_EFLAG_FORCE_KF) } else { 0 };
            let code = vpx_codec_encode(&mut *self.context, &image, self.count, 1, flags, u64::from(VPX_DL_REALTIME));
            assert_eq!(code, VPX_CODEC_OK);
            self.count += 1;
            let (mut iterator, mut encoded) = (null(), None);
            loop {
                let packet = vpx_codec_get_cx_data(&mut *self.context, &mut iterator);
                let Some(packet) = packet.as_ref() else { break };
                if packet.kind != vpx_codec_cx_pkt_kind::VPX_CODEC_CX_FRAME_PKT {
                    continue;
                }
                let frame = packet.data.frame;
                let data = std::slice::from_raw_parts(frame.buf.cast::<u8>(), frame.sz as usize);
                let keyframe = frame.flags & VPX_FRAME_IS_KEY != 0;
                // Only VP9 has superframes; a VP8 frame may look like one by chance.
                let layers = if self.codec == Codec::Vp9 { split(data) } else { vec![Bytes::copy_from_slice(data)] };
                encoded = Some(Encoded { keyframe, layers });
            }
            encoded
        }
    }
}

impl Drop for Encoder {
    fn drop(&mut self) {
        // SAFETY: initialised and not used again.
        unsafe { vpx_codec_destroy(&mut *self.context) };
    }
}

/// Takes a VP9 superframe apart (VP9 bitstream, annex B); its index is left out, as it is on RTP.
fn split(data: &[u8]) -> Vec<Bytes> {
    let marker = data.last().copied().unwrap_or(0);
    let (count, width) = (usize::from(marker & 7) + 1, usize::from(marker >> 3 & 3) + 1);
    let index = 2 + count * width;
    if marker & 0xe0 != 0xc0 || data.len() < index || data[data.len() - index] != marker {
        return vec![Bytes::copy_from_slice(data)];
    }
    let sizes = &data[data.len() - index + 1..data.len() - 1];
    let mut rest = data;
    sizes
        .chunks(width)
        .map(|size| {
            let size = size.iter().rev().fold(0, |value, byte| value << 8 | usize::from(*byte));
            let (frame, after) = rest.split_at(size);
            rest = after;
            Bytes::copy_from_slice(frame)
        })
        .filter(|frame| !frame.is_empty())
        .collect()
}
